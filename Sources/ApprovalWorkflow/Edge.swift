import CanonicalEncoding
import DomainModel

/// One arrow of the diagram, with what it needs and what it writes.
enum Edge {
    case approve(votesExpireAt: Timestamp)
    case grant(Grant)
    /// Back to `approved`; `isRevocation` where the token ends before its time.
    case lapse(isRevocation: Bool)
    case execute(ExecutionID)
    case end(RequestStatus, EndReason?, successor: RequestID?)
    case endInTime(EndReason)
    /// The event exists here, but not for this reason.
    case misnamed

    /// Nil where the diagram has no arrow of that label from this state.
    init?(from status: RequestStatus, _ event: RequestEvent) {
        switch status {
        case .pending, .approved, .granted:
            guard let edge = Self.stepBeforeClaim(status, event) ?? Self.endBeforeClaim(status, event) else {
                return nil
            }
            self = edge
        case .executing:
            guard let edge = Self.endOfExecution(event) else { return nil }
            self = edge
        case .completed, .failed, .violated, .unknown, .denied, .cancelled, .expired, .stale:
            return nil
        }
    }

    private static func stepBeforeClaim(_ status: RequestStatus, _ event: RequestEvent) -> Edge? {
        switch (status, event) {
        case (.pending, .quorumReached(let votesExpireAt)): .approve(votesExpireAt: votesExpireAt)
        case (.approved, .tokenIssued(let grant)): .grant(grant)
        case (.granted, .tokenLapsed): .lapse(isRevocation: false)
        case (.granted, .tokenRevoked): .lapse(isRevocation: true)
        case (.granted, .claimed(let execution)): .execute(execution)
        default: nil
        }
    }

    /// pending, approved and granted end alike, but for what has to do with votes and facts: those are looked at before a step
    /// towards the effect, which nothing that is pending takes.
    private static func endBeforeClaim(_ status: RequestStatus, _ event: RequestEvent) -> Edge? {
        switch event {
        case .vetoed: .end(.denied, .peopleDenied, successor: nil)
        case .voteWithdrawn: .end(.denied, .voteWithdrawn, successor: nil)
        case .cancelled(let canceller): .end(.cancelled, canceller.reason, successor: nil)
        case .superseded(let successor): .end(.cancelled, .superseded, successor: successor)
        case .expired(let reason): timeReasons(status).contains(reason) ? .endInTime(reason) : .misnamed
        case .becameStale(let reason):
            staleReasons(status).contains(reason) ? .end(.stale, reason, successor: nil) : .misnamed
        case .quorumReached, .tokenIssued, .tokenLapsed, .tokenRevoked, .claimed, .completedAsAgreed,
            .failedWithoutEffect, .differed, .lost:
            nil
        }
    }

    private static func endOfExecution(_ event: RequestEvent) -> Edge? {
        switch event {
        case .completedAsAgreed: .end(.completed, nil, successor: nil)
        case .differed: .end(.violated, .outcomeDiffers, successor: nil)
        case .failedWithoutEffect(let reason):
            failureReasons.contains(reason) ? .end(.failed, reason, successor: nil) : .misnamed
        case .lost(let reason): lossReasons.contains(reason) ? .end(.unknown, reason, successor: nil) : .misnamed
        case .quorumReached, .vetoed, .voteWithdrawn, .cancelled, .expired, .becameStale, .tokenIssued, .tokenLapsed,
            .tokenRevoked, .claimed, .superseded:
            nil
        }
    }

    /// Until there is a quorum, votes lapse one by one and end nothing.
    static func timeReasons(_ status: RequestStatus) -> Set<EndReason> {
        status == .pending ? [.requestExpired, .windowClosed] : [.requestExpired, .votesExpired, .windowClosed]
    }

    /// Preconditions are read again at token issue and claim; while it is pending, a vote that lost its voter is not counted.
    static func staleReasons(_ status: RequestStatus) -> Set<EndReason> {
        let always: Set<EndReason> = [
            .toolChanged, .policyChanged, .factChanged, .taskChanged, .epochChanged, .agentDisabled,
        ]
        return status == .pending ? always : always.union([.preconditionChanged, .approverChanged])
    }

    static let failureReasons: Set<EndReason> = [.executorReportedFailure, .hadNoEffect]
    /// `epochChanged`: S14 makes what waits in a restored store stale, but what was executing may have had its effect, so
    /// S13 prevails for it.
    /// `outcomeUnknown`: the executor itself says that something may have happened and that nobody will learn what.
    static let lossReasons: Set<EndReason> = [
        .deadlineMissed, .frozenWhileExecuting, .epochChanged, .outcomeUnknown,
    ]

    /// A time that equals an expiry is past it, everywhere.
    func refusal(_ progress: Progress, at now: Timestamp) -> WorkflowRefusal? {
        let isOver = now >= progress.expiresAt
        switch self {
        case .misnamed: return .reasonDoesNotFit
        case .end: return nil
        case .endInTime(let reason):
            // The window's end is the caller's to know; the other clocks are this request's own.
            return reason == .windowClosed || isOver ? nil : .notYetDue
        case .approve(let votesExpireAt):
            if isOver { return .expired }
            return now >= votesExpireAt ? .votesExpired : nil
        case .grant(let grant):
            if isOver { return .expired }
            if let earlier = progress.grant, earlier.txn != grant.txn { return .secondTransaction }
            if now >= grant.tokenExpiresAt { return .tokenExpired }
            return grant.tokenExpiresAt > now.adding(milliseconds: Lifecycle.greatestTokenLife) ? .tokenTooLong : nil
        case .lapse(let isRevocation):
            if isOver { return .expired }
            guard let grant = progress.grant else { return .noSuchStep }
            return isRevocation || now >= grant.tokenExpiresAt ? nil : .tokenStillValid
        case .execute:
            if isOver { return .expired }
            guard let grant = progress.grant else { return .noSuchStep }
            return now >= grant.tokenExpiresAt ? .tokenExpired : nil
        }
    }

    func apply(to progress: inout Progress) {
        switch self {
        case .approve(let votesExpireAt):
            progress.status = .approved
            // S3: a claim is before the expiry of votes and of the request, whichever is earlier; never later than before.
            progress.expiresAt = min(progress.expiresAt, votesExpireAt)
        case .grant(let grant):
            progress.status = .granted
            progress.grant = grant
        case .lapse:
            // The grant stays: its `txn` is the only one this request will ever have (S2).
            progress.status = .approved
        case .execute(let execution):
            progress.status = .executing
            progress.execution = execution
        case .end(let status, let reason, let successor):
            progress.status = status
            progress.endReason = reason
            if let successor { progress.supersededBy = successor }
        case .endInTime(let reason):
            progress.status = .expired
            progress.endReason = reason
        case .misnamed: break
        }
    }
}
