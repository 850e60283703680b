package import CanonicalEncoding
package import DomainModel

/// What can happen to a request after it was opened: the labels on the edges of `authority.md`, "States".
package enum RequestEvent: Hashable, Sendable {
    /// The votes of `Quorum.tally` are enough; `votesExpireAt` is its `validUntil`.
    case quorumReached(votesExpireAt: Timestamp)
    case vetoed
    /// Somebody took an approval back. The edge ends the request: whoever still wants the action asks anew.
    case voteWithdrawn
    case cancelled(by: Canceller)
    /// One of the clocks before the claim ran out: `requestExpired`, `votesExpired` or `windowClosed`.
    case expired(EndReason)
    /// Target, task, tool, policy, approver, fact, agent or epoch changed; the reason says which.
    case becameStale(EndReason)
    case tokenIssued(Grant)
    /// The token's own time is over; the votes still hold.
    case tokenLapsed
    /// The token was revoked (RFC 7009) before its time was over: the same edge as `tokenLapsed`.
    case tokenRevoked
    case claimed(ExecutionID)
    case completedAsAgreed
    /// `executorReportedFailure` or `hadNoEffect`.
    case failedWithoutEffect(EndReason)
    case differed
    /// `deadlineMissed`, `frozenWhileExecuting`, `outcomeUnknown` where the executor cannot say, or `epochChanged` for what was
    /// executing when a store was restored.
    case lost(EndReason)
    /// A newer request takes this one's place before it was claimed.
    case superseded(by: RequestID)

    /// Who ends a request before its claim.
    package enum Canceller: Hashable, Sendable, CaseIterable {
        case agent
        /// Nobody asked for it: the agent was disabled or reached its end date.
        case disabledAgent

        var reason: EndReason {
            switch self {
            case .agent: .cancelledByAgent
            case .disabledAgent: .agentDisabled
            }
        }
    }
}

/// How a request begins: the three edges that leave "evaluate".
package enum Opening: Hashable, Sendable {
    /// Policy forbids it; the reason is one of the `policy…` ones.
    case forbidden(EndReason)
    /// Tier `auto` or `review`.
    case allowed
    case needsPeople
}
