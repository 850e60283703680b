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

    /// With `knownRevision`, waits while that is the stored one; without, while the request is `pending` or `executing`,
    /// where somebody else has to act. At most `waitSeconds`, and no longer than the server takes calls. Cancelling the
    /// task ends the wait.
    package func run(
        _ caller: AuthenticatedAgent, id: Text, waitSeconds: Int64 = 0, knownRevision: Int64? = nil
    ) async throws(AuthorityError) -> JSONValue {
        guard let id = RequestID(id) else { throw .notFound("no handle of a request") }
        guard waitSeconds > 0 else { return try await read(id, caller).view }
        let changes = authority.watch.changes(of: .request(id))
        let first = try await read(id, caller)
        guard knownRevision.map({ $0 == first.revision && !first.isTerminal }) ?? first.isWaiting else {
            return first.view
        }
        await firstElement(of: changes, within: min(waitSeconds, Self.greatestWait))
        return try await read(id, caller).view
    }

    private struct Reading: Sendable {
        let view: JSONValue
        let revision: Int64
        let isTerminal: Bool
        let isWaiting: Bool
    }

    private func read(_ id: RequestID, _ caller: AuthenticatedAgent) async throws(AuthorityError) -> Reading {
        try await authority.read { reader in
            guard let request = try reader.request(id), request.submission.agent == caller.id else {
                throw AuthorityError.notFound("\(id) is not of \(caller.id) or not there")
            }
            return Reading(
                view: try request.view(reader), revision: request.progress.revision,
                isTerminal: request.progress.status.isTerminal,
                isWaiting: [.pending, .executing].contains(request.progress.status))
        }
    }

    private func firstElement(of changes: AsyncStream<Void>, within seconds: Int64) async {
        await withTaskGroup(of: Void.self) { group in
            group.addTask { for await _ in changes { return } }
            group.addTask { try? await Task.sleep(for: .seconds(seconds)) }
            await group.next()
            group.cancelAll()
        }
    }
}
