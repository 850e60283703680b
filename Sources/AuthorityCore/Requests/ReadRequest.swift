import AuthorityPorts
package import CanonicalEncoding
import DomainModel
import WireProtocol

/// `GET /v1/requests/{id}`: the request; with a wait, as soon as it changes.
package struct ReadRequest: Sendable {
    /// The longest wait, in seconds.
    package static let greatestWait: Int64 = 60

    let authority: Authority

    package init(_ authority: Authority) {
        self.authority = authority
    }

    /// Waits until the request changes, unless it has ended: with `knownRevision`, while that is the stored one; without,
    /// whatever is stored when the call comes in, so that whoever may have missed a change says what it knows. At most `waitSeconds`, to the second, and no longer than the server takes calls.
    /// Cancelling the task ends the wait.
    package func run(
        _ caller: AuthenticatedAgent, id: Text, waitSeconds: Int64 = 0, knownRevision: Int64? = nil
    ) async throws(AuthorityError) -> JSONValue {
        guard let id = RequestID(id) else { throw .notFound("no handle of a request") }
        if waitSeconds > 0 {
            let waiter = authority.watch.waiter(for: .request(id), seconds: min(waitSeconds, Self.greatestWait))
            defer { authority.watch.stop(waiter) }
            if let news = try await news(id, caller.id, knownRevision) { return news }
            // While it waits it holds its place and nothing of the request.
            if await waiter.ending() == .drained {
                throw AuthorityError(.shuttingDown, "The server is going down.", hint: "Repeat the call.")
            }
        }
        return try await read(id, caller.id).view
    }

    /// What there is to say at once; nil where it is worth waiting.
    private func news(_ id: RequestID, _ caller: AgentID, _ known: Int64?) async throws(AuthorityError) -> JSONValue? {
        let answer = try await read(id, caller)
        let waits = !answer.isTerminal && (known == nil || known == answer.revision)
        // Not with `?:`, whose `nil` would be the JSON value null.
        if waits { return nil }
        return answer.view
    }

    private func read(_ id: RequestID, _ caller: AgentID) async throws(AuthorityError) -> RequestAnswer {
        guard let answer = try await authority.answers.answer(of: id, from: authority), answer.agent == caller else {
            throw AuthorityError.notFound("\(id) is not of \(caller) or not there")
        }
        return answer
    }
}
