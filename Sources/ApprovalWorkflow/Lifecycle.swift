package import CanonicalEncoding
package import DomainModel

/// The state machine of a request: exactly the edges of `authority.md`, "States" (invariant S16).
///
/// It decides and returns; the caller writes the result in the transaction in which it read the request. It does not know
/// votes, policy, freezes and preconditions: the use cases ask those first, and each "no" of theirs comes before a step here.
package enum Lifecycle {
    /// The longest life of a token, in milliseconds.
    package static let greatestTokenLife: Int64 = 300_000

    /// The first state of a request. `expiresAt` is the end of its waiting, or of the window where that is earlier.
    package static func opening(_ opening: Opening, expiresAt: Timestamp, at now: Timestamp) -> Progress {
        switch opening {
        case .needsPeople: return Progress(status: .pending, expiresAt: expiresAt, updatedAt: now)
        case .allowed: return Progress(status: .approved, expiresAt: expiresAt, updatedAt: now)
        case .forbidden(let reason):
            var progress = Progress(status: .denied, expiresAt: expiresAt, updatedAt: now)
            progress.endReason = reason
            return progress
        }
    }

    /// The state after the event, one revision later, or why there is none. A terminal state absorbs every event.
    package static func next(
        _ progress: Progress, _ event: RequestEvent, at now: Timestamp
    ) -> Result<Progress, WorkflowRefusal> {
        guard !progress.status.isTerminal else { return .failure(.alreadyEnded) }
        guard let edge = Edge(from: progress.status, event) else { return .failure(.noSuchStep) }
        if let refusal = edge.refusal(progress, at: now) { return .failure(refusal) }
        var next = progress
        edge.apply(to: &next)
        return stamped(next, at: now)
    }

    /// Writes down which request took the place of one that has ended already (a stale one that was asked for again). The
    /// state does not move; a successor is named once.
    package static func recordSuccessor(
        of progress: Progress, _ successor: RequestID, at now: Timestamp
    ) -> Result<Progress, WorkflowRefusal> {
        guard progress.status.isTerminal else { return .failure(.noSuchStep) }
        guard progress.supersededBy == nil else { return .failure(.alreadySuperseded) }
        var next = progress
        next.supersededBy = successor
        return stamped(next, at: now)
    }

    private static func stamped(_ progress: Progress, at now: Timestamp) -> Result<Progress, WorkflowRefusal> {
        let (revision, overflow) = progress.revision.addingReportingOverflow(1)
        guard !overflow else { return .failure(.noSuchStep) }
        var next = progress
        next.revision = revision
        next.updatedAt = now
        return .success(next)
    }
}
