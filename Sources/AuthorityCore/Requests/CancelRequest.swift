import ApprovalWorkflow
import AuthorityPorts
package import CanonicalEncoding
import DomainModel
import WireProtocol

/// `POST /v1/requests/{id}/cancel`: the agent ends its request before a claim.
package struct CancelRequest: Sendable {
    let authority: Authority

    package init(_ authority: Authority) {
        self.authority = authority
    }

    /// Cancelling what is cancelled already is no error: the answer shows it.
    package func run(_ caller: AuthenticatedAgent, id: Text) async throws(AuthorityError) -> JSONValue {
        guard let id = RequestID(id) else { throw .notFound("no handle of a request") }
        let authority = authority
        authority.probe.reached(.cancelBeforeTransaction)
        let view = try await authority.write("cancel request") { transaction in
            guard let request = try transaction.request(id), request.submission.agent == caller.id else {
                throw AuthorityError.notFound("\(id) is not of \(caller.id) or not there")
            }
            if request.progress.status == .cancelled { return try request.view(transaction) }
            guard request.progress.status.isBeforeClaim else {
                throw AuthorityError(
                    .requestEnded, "The request is \(request.progress.status.rawValue) and can no longer be cancelled.")
            }
            let cancelled = try transaction.advance(
                request, by: .cancelled(by: .agent), at: authority.now, epoch: authority.store.epoch)
            authority.probe.reached(.cancelBeforeCommit)
            return try cancelled.view(transaction)
        }
        authority.probe.reached(.cancelAfterCommit)
        return view
    }
}
