import APIClient
import AuthorityTestKit
import CanonicalEncoding
import DomainModel
import WireProtocol

/// The whole path by clients that do not give up: an approved deletion that gives one token up and completes with the next, a
/// deletion that is cancelled, a reading that is claimed and abandoned, so that the sweeper has something to end, and one that
/// a freeze finds executing.
struct CrashStory: Sendable {
    /// A request with the execution that came of it.
    struct Piece: Hashable, Sendable {
        var request: RequestID
        var execution: ExecutionID
        /// What the claim brought, so that it can be asked again in the same words.
        var claim: ClaimBody
    }

    /// Everything that a server acknowledged.
    struct Told: Hashable, Sendable {
        var deletion: Piece
        var cancelled: RequestID
        var abandoned: Piece
        var frozen: Piece
    }

    struct NotAcknowledged: Error { var what: String }

    var agent: AgentClient
    var browser: TestBrowser

    func run() async throws -> Told {
        let opened = try await open(Scenario.deletion, key: "deletion")
        // One device: its counter goes on from the vote to the freeze.
        var browser = browser
        try await approve(opened.id, in: &browser)
        try await agent.revoke(try await agent.token(opened.id, audience: agent.identity.agent).accessToken)
        let deletion = try await claim(opened, key: "deletion-claim")
        try await agent.complete(deletion.execution, Self.completion)
        guard try await agent.read(opened.id).status == .completed else {
            throw NotAcknowledged(what: "the completion")
        }
        let cancelled = try await open(Scenario.deletion, key: "cancelled").id
        _ = try await agent.cancel(cancelled)
        let reading = try await open(try Self.briefReading(), key: "reading")
        let abandoned = try await claim(reading, key: "reading-claim")
        let ended = try await ServerProcess.eventually(within: 60) {
            try await agent.read(reading.id).status == .executing ? nil : true
        }
        guard ended != nil else { throw NotAcknowledged(what: "the missed deadline") }
        let last = try await open(Scenario.reading, key: "frozen")
        let frozen = try await claim(last, key: "frozen-claim")
        try await freeze(while: last.id, in: &browser)
        return Told(deletion: deletion, cancelled: cancelled, abandoned: abandoned, frozen: frozen)
    }

    /// The same calls with the same keys: the answers have to be those that were given.
    func repeatEverything(_ told: Told) async throws -> Told {
        var again = told
        again.deletion.request = try await open(Scenario.deletion, key: "deletion").id
        again.deletion.execution =
            try await agent.claim(told.deletion.claim, idempotencyKey: "deletion-claim").execution
        try await agent.complete(again.deletion.execution, Self.completion)
        again.cancelled = try await agent.cancel(try await open(Scenario.deletion, key: "cancelled").id).id
        again.abandoned.request = try await open(try Self.briefReading(), key: "reading").id
        again.abandoned.execution =
            try await agent.claim(told.abandoned.claim, idempotencyKey: "reading-claim").execution
        again.frozen.request = try await open(Scenario.reading, key: "frozen").id
        again.frozen.execution =
            try await agent.claim(told.frozen.claim, idempotencyKey: "frozen-claim").execution
        return again
    }

    private static let completion = CompletionBody(outcome: .succeeded, observed: ["rows": 1])

    private static func briefReading() throws -> JSONValue {
        guard var action = Scenario.reading.objectValue else { throw NotAcknowledged(what: "the sample action") }
        action["deadline_seconds"] = 1
        return .object(action)
    }

    private func open(_ action: JSONValue, key: Text) async throws -> RequestView {
        try await agent.open(try OpenRequestBody(json: ["action": action]), idempotencyKey: key)
    }

    private func claim(_ request: RequestView, key: Text) async throws -> Piece {
        let token = try await agent.token(request.id, audience: agent.identity.agent)
        let body = ClaimBody(token: token.accessToken, action: request.action)
        let claimed = try await agent.claim(body, idempotencyKey: key)
        return Piece(request: request.id, execution: claimed.execution, claim: body)
    }

    /// A person whose page lost the server looks again, and votes where the request still waits.
    private func approve(_ id: RequestID, in browser: inout TestBrowser) async throws {
        let done = try await ServerProcess.eventually(within: 90) {
            do {
                if try await browser.status(of: id) == .pending { try await browser.vote(.approve, on: id) }
                return true
            } catch let refused as TestBrowser.Refused {
                throw refused
            } catch {
                return nil
            }
        }
        guard done != nil else { throw NotAcknowledged(what: "the vote") }
    }

    /// Whoever lost the server does not know whether it is frozen: the request that executed says so.
    private func freeze(while id: RequestID, in browser: inout TestBrowser) async throws {
        let done = try await ServerProcess.eventually(within: 90) {
            if try await agent.read(id).status == .unknown { return true }
            do {
                try await browser.apply(.freeze(.everything, reason: "stop"))
            } catch let refused as TestBrowser.Refused {
                throw refused
            } catch {}
            return nil
        }
        guard done != nil else { throw NotAcknowledged(what: "the freeze") }
    }
}
