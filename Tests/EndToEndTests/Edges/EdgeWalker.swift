import APIClient
import AuthorityTestKit
import CanonicalEncoding
import DomainModel
import Foundation
import WireProtocol

/// Walks one request through a real server: the agent with a proof for each call, people with passkeys, all over HTTP.
struct EdgeWalker: Sendable {
    struct Lost: Error { var what: String }

    var track: RaceTrack
    /// As it was opened.
    private(set) var request: RequestView?
    private(set) var claim: ClaimBody?
    private(set) var execution: ExecutionID?

    init(on track: RaceTrack) { self.track = track }

    var id: RequestID {
        get throws {
            guard let request else { throw Lost(what: "no request was opened") }
            return request.id
        }
    }

    /// Brings the request to a state that is not terminal.
    mutating func reach(
        _ status: RequestStatus, _ action: JSONValue = Scenario.deletion, more: JSONObject = [:]
    ) async throws {
        try await open(action, more: more)
        guard status != .pending else { return }
        try await track.ana.vote(.approve, on: id)
        guard status != .approved else { return }
        try await takeToken()
        guard status != .granted else { return }
        try await claimOnce()
    }

    mutating func open(_ action: JSONValue, more: JSONObject = [:]) async throws {
        request = try await opened(action, more: more)
    }

    /// Another request of the same agent, which does not walk.
    func opened(_ action: JSONValue, more: JSONObject = [:]) async throws -> RequestView {
        var body = more
        body["action"] = action
        return try await track.client.open(
            try OpenRequestBody(json: .object(body)), idempotencyKey: Text(UUID().uuidString))
    }

    mutating func takeToken(for executor: AgentID? = nil) async throws {
        let token = try await track.client.token(try id, audience: executor ?? track.client.identity.agent)
        guard let request else { throw Lost(what: "no request was opened") }
        claim = ClaimBody(token: token.accessToken, action: request.action)
    }

    mutating func claimOnce() async throws {
        guard let claim else { throw Lost(what: "no token was issued") }
        execution = try await track.client.claim(claim, idempotencyKey: Text(UUID().uuidString)).execution
    }

    func complete(_ outcome: Completion.Outcome = .succeeded, observed: JSONObject = [:]) async throws {
        guard let execution else { throw Lost(what: "nothing was claimed") }
        try await track.client.complete(execution, CompletionBody(outcome: outcome, observed: observed))
    }

    /// Waits until the request is there: what time or the server's own services do.
    func becomes(_ status: RequestStatus, within seconds: Int = 30) async throws {
        let id = try id
        let track = track
        let done = try await ServerProcess.eventually(within: seconds) {
            try await track.status(of: id) == status ? true : nil
        }
        guard done == true else { throw Lost(what: "it did not become \(status.rawValue)") }
    }

    /// The step that somebody would take next, before which everything is looked at again: the approver's ceremony, the token,
    /// the claim. Nil: it was allowed.
    mutating func nextStep() async throws -> ProblemCode? {
        let status = try await track.ana.status(of: id)
        do {
            switch status {
            case .pending: _ = try await track.ana.signedVote(.approve, on: id)
            case .granted: try await claimOnce()
            default: try await takeToken()
            }
            return nil
        } catch let error as ClientError {
            guard let code = error.code else { throw error }
            return code
        } catch let refused as TestBrowser.Refused {
            return refused.problem["code"]?.stringValue.flatMap(ProblemCode.init(rawValue:))
        }
    }
}
