package import CanonicalEncoding

/// The one run of a grant: exists from the claim on.
package struct Execution: Hashable, Sendable {
    package enum Status: String, Sendable, CaseIterable, Hashable {
        case executing, completed, failed, violated, unknown
    }

    package let id: ExecutionID
    package let request: RequestID
    package let executor: AgentID
    /// What ran, as the executor presented it; equals the digest that was approved.
    package let digest: Digest
    package let claimedAt: Timestamp
    /// As shown to the approver, counted from the claim.
    package let deadline: Timestamp
    package var status: Status
    package let aftermath: Aftermath
    package var completion: Completion?
    /// A completion that came after the end: kept as evidence, changes nothing.
    package var lateCompletion: Completion?

    package init(
        id: ExecutionID, request: RequestID, executor: AgentID, digest: Digest, claimedAt: Timestamp,
        deadline: Timestamp, status: Status = .executing, aftermath: Aftermath = .none
    ) {
        self.id = id
        self.request = request
        self.executor = executor
        self.digest = digest
        self.claimedAt = claimedAt
        self.deadline = deadline
        self.status = status
        self.aftermath = aftermath
    }
}

/// What somebody says happened.
package struct Completion: Hashable, Sendable {
    package enum Outcome: String, Sendable, CaseIterable, Hashable {
        case succeeded
        case failed
        case noEffect = "no_effect"
    }

    /// Who observed: what an agent says of itself is reported, not verified.
    package enum Observer: String, Sendable, CaseIterable, Hashable {
        case agent, executor, countersign
    }

    package var outcome: Outcome
    /// Scalars by name: `digest`, `rows`, `exit_status`, `duration_ms`, …
    package var observed: JSONObject
    package var observer: Observer
    package var at: Timestamp

    package init(outcome: Outcome, observed: JSONObject, observer: Observer, at: Timestamp) {
        self.outcome = outcome
        self.observed = observed
        self.observer = observer
        self.at = at
    }
}

/// An execution that a person has to look at.
package struct Review: Hashable, Sendable {
    package enum Cause: String, Sendable, CaseIterable, Hashable {
        case tier, violated, unknown, noEffect = "no_effect", lateCompletion = "late_completion"
    }

    package var id: ReviewID
    package var execution: ExecutionID
    package var request: RequestID
    package var cause: Cause
    package var openedAt: Timestamp
    package var dueAt: Timestamp

    package init(
        id: ReviewID, execution: ExecutionID, request: RequestID, cause: Cause, openedAt: Timestamp, dueAt: Timestamp
    ) {
        self.id = id
        self.execution = execution
        self.request = request
        self.cause = cause
        self.openedAt = openedAt
        self.dueAt = dueAt
    }
}
