/// Where a request stands; the raw values are the words on the wire.
package enum RequestStatus: String, Sendable, CaseIterable, Hashable {
    case pending, approved, granted, executing
    case completed, failed, violated, unknown, denied, cancelled, expired, stale

    /// Terminal states absorb (invariant S16).
    package var isTerminal: Bool {
        switch self {
        case .pending, .approved, .granted, .executing: false
        case .completed, .failed, .violated, .unknown, .denied, .cancelled, .expired, .stale: true
        }
    }

    /// Before a claim: cancel, veto, expiry and staleness can still end the request.
    package var isBeforeClaim: Bool {
        switch self {
        case .pending, .approved, .granted: true
        default: false
        }
    }
}

/// What policy decided about an action.
package enum Tier: String, Sendable, CaseIterable, Hashable {
    /// Forbidden, by a rule or for want of one.
    case deny
    /// Routine: allowed at once.
    case auto
    /// Allowed at once, looked at afterwards.
    case review
    /// Needs people.
    case approval
}

/// How a request came to be denied, stale or unknown: kept with it, shown to people, stable on the wire.
package enum EndReason: String, Sendable, CaseIterable, Hashable {
    case notRegistered = "not_registered"
    case policyForbids = "policy_forbids"
    case policyHasNoPermit = "policy_has_no_permit"
    case policyError = "policy_error"
    case policyUnsatisfiable = "policy_unsatisfiable"
    case peopleDenied = "people_denied"
    case voteWithdrawn = "vote_withdrawn"
    case cancelledByAgent = "cancelled_by_agent"
    case superseded = "superseded"
    case agentDisabled = "agent_disabled"
    case requestExpired = "request_expired"
    case votesExpired = "votes_expired"
    case windowClosed = "window_closed"
    case preconditionChanged = "precondition_changed"
    case toolChanged = "tool_changed"
    case policyChanged = "policy_changed"
    case approverChanged = "approver_changed"
    case factChanged = "fact_changed"
    case taskChanged = "task_changed"
    case epochChanged = "epoch_changed"
    case deadlineMissed = "deadline_missed"
    case frozenWhileExecuting = "frozen_while_executing"
    case outcomeUnknown = "outcome_unknown"
    case outcomeDiffers = "outcome_differs"
    case executorReportedFailure = "executor_reported_failure"
    case hadNoEffect = "had_no_effect"
}
