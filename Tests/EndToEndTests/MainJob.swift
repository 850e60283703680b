import APIClient
import AuthorityTestKit
import CanonicalEncoding
import DomainModel
import WireProtocol

/// The whole path over HTTP: ask, approve, token, claim, complete.
struct MainJob {
    var agent: AgentClient
    var browser: TestBrowser

    /// Needs a person; ends completed.
    mutating func deletion() async throws -> RequestStatus? {
        let opened = try await open(Scenario.deletion)
        try await browser.vote(.approve, on: opened.id)
        let execution = try await claim(opened)
        try await agent.complete(execution, CompletionBody(outcome: .succeeded, observed: [:]))
        return try await agent.read(opened.id).status
    }

    /// Allowed at once, claimed, and then nothing more is heard of it.
    func abandonedReading() async throws -> RequestID {
        guard var action = Scenario.reading.objectValue else { return try await open(Scenario.reading).id }
        action["deadline_seconds"] = 1
        let opened = try await open(.object(action))
        _ = try await claim(opened)
        return opened.id
    }

    func open(_ action: JSONValue) async throws -> RequestView {
        try await agent.open(try OpenRequestBody(json: ["action": action]), idempotencyKey: Self.fresh())
    }

    func claim(_ request: RequestView) async throws -> ExecutionID {
        let token = try await agent.token(request.id, audience: agent.identity.agent)
        let body = ClaimBody(token: token.accessToken, action: request.action)
        return try await agent.claim(body, idempotencyKey: Self.fresh()).execution
    }

    static func fresh() -> Text { Text(String(UInt64.random(in: .min ... .max), radix: 36)) }
}
