import APIClient
import AuthorityTestKit
import CanonicalEncoding
import DomainModel
import Testing
import WireProtocol

/// What a real authority answers, against `docs/reference/openapi.json`.
@Suite struct AnswerSchemaTests {
    @Test func `every answer of every call is as the document says, and says nothing that it leaves out`() async throws
    {
        try await AuthorityFixture.withScenario { scenario in
            var story = try Story(scenario)
            try await story.tell()
            // Each status that the document names for a call has been seen.
            let described = try Self.described()
            #expect(story.seen.sorted() == described.sorted())
        }
    }

    @Test func `an answer that is not as the document says is found`() throws {
        let schema = WireSchema(document: try OpenAPITests.document())
        let execution = schema.resolved("#/components/schemas/Execution")
        let deadline: JSONValue = "2026-01-01T00:00:00.000Z"
        let good: JSONValue = ["execution": "exe_1", "deadline": deadline]
        #expect(try schema.problems(good, execution, isClosed: true) == [])
        for bad: JSONValue in [
            ["execution": "exe_1"], ["execution": 1, "deadline": deadline], ["execution": "exe_1", "deadline": "soon"],
            ["execution": "exe_1", "deadline": deadline, "more": 1], [],
        ] {
            #expect(try schema.problems(bad, execution, isClosed: true) != [], "\(bad)")
        }
        #expect(throws: WireSchema.UnknownKeyword.self) {
            try schema.problems(1, ["multipleOf": 2], isClosed: true)
        }
    }

    /// `openRequest 201`, for each call and status, and `default` for a refusal.
    private static func described() throws -> [String] {
        try AgentRoute.allCases.flatMap { route in
            try OpenAPITests.operation(route)?["responses"]?.objectValue?.members.map { "\(route.rawValue) \($0.name)" }
                ?? []
        }
    }
}

/// One call after another, each answer checked.
private struct Story {
    let scenario: Scenario
    let plane: RealPlane
    let schema: WireSchema
    var seen: Set<String> = []

    init(_ scenario: Scenario) throws {
        self.scenario = scenario
        plane = RealPlane(scenario)
        schema = WireSchema(document: try OpenAPITests.document())
    }

    mutating func tell() async throws {
        try await entrance()
        let opening: RealPlane.Body = .json(["action": Scenario.deletion, "justification": "a reason"])
        let opened = try await call(.openRequest, body: opening, more: [("idempotency-key", "one")])
        _ = try await call(.openRequest, body: opening, more: [("idempotency-key", "one")])
        let id = try #require(opened["id"]?.textValue)
        _ = try await call(.readRequest, id: id)
        let tag = "\"\(opened["revision"]?.integerValue ?? 0)\""
        _ = try await call(.readRequest, id: id, more: [("if-none-match", tag)])
        try await scenario.approver.decide(.approve, on: try #require(RequestID(id)))
        let audience: RealPlane.Body = .json(["audience": .string(scenario.agent.id.text)])
        let token = try await call(.issueActionToken, id: id, body: audience)["access_token"]?.textValue ?? ""
        _ = try await call(.introspectToken, body: .form("token=\(token)"))
        let claim: RealPlane.Body = .json(["token": .string(token), "action": opened["action"] ?? .null])
        let claimed = try await call(.claimExecution, body: claim, more: [("idempotency-key", "two")])
        _ = try await call(.claimExecution, body: claim, more: [("idempotency-key", "two")])
        _ = try await call(.introspectToken, body: .form("token=\(token)"))
        _ = try await call(.revokeToken, body: .form("token=\(token)"))
        let execution = try #require(claimed["execution"]?.textValue)
        _ = try await call(.completeExecution, id: execution, body: .json(["outcome": "succeeded"]))
        let next = try await call(.openRequest, body: .json(["action": Scenario.deletion, "supersedes": .string(id)]))
        _ = try await call(.cancelRequest, id: next["id"]?.textValue ?? "")
        try await refusals(id)
    }

    private mutating func entrance() async throws {
        _ = try await call(.serverMetadata)
        _ = try await call(.keySet)
        let assertion = try scenario.agent.assertion()
        let type = "urn%3Aietf%3Aparams%3Aoauth%3Aclient-assertion-type%3Ajwt-bearer"
        _ = try await call(
            .issueAccessToken,
            body: .form(
                "grant_type=client_credentials&client_assertion_type=\(type)&client_assertion=\(assertion)"))
    }

    /// A parameter that nobody reads is refused everywhere, in the form of the call.
    private mutating func refusals(_ id: Text) async throws {
        for route in AgentRoute.allCases { _ = try await call(route, id: id, query: "?nobody=reads-it") }
        // With a position, a hint, and without.
        _ = try await call(.openRequest, body: .json(["action": 1]))
        _ = try await call(.issueActionToken, id: id, body: .json(["audience": .string(scenario.agent.id.text)]))
    }

    @discardableResult
    private mutating func call(
        _ route: AgentRoute, id: Text = "", query: String = "", body: RealPlane.Body = .none,
        more: [(name: String, value: String)] = []
    ) async throws -> JSONValue {
        let line = "\(route.method.rawValue) \(route.path(id: id.string))\(query)"
        var credential = try await plane.own
        if !route.needsAccessToken { credential.token = nil }
        let answer = try await plane.exchange(line, credential, body: body, more: more)
        let responses = try #require(try OpenAPITests.operation(route)?["responses"])
        let named = responses[Text("\(answer.status)")]
        seen.insert("\(route.rawValue) \(named == nil ? "default" : "\(answer.status)")")
        #expect(named != nil || answer.status >= 400, "\(line) is answered \(answer.status)")
        var response = named ?? responses["default"] ?? .null
        if let target = response["$ref"]?.stringValue { response = schema.resolved(target) }
        guard let content = response["content"]?.objectValue?.members.first else {
            #expect(answer.body.isEmpty, "\(line) has a body that the document leaves out")
            return .null
        }
        #expect(answer["content-type"]?.string.hasPrefix(content.name.string) == true, "\(line)")
        let problems = try schema.problems(answer.json, content.value["schema"] ?? .null, isClosed: true)
        #expect(problems == [], "\(line) \(answer.status)")
        return answer.json
    }
}
