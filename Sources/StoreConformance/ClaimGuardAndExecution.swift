import AuthorityPorts
import CanonicalEncoding
import DomainModel

/// What a claim brings.
struct ClaimGuardAndExecution: Sendable {
    var guarded: ClaimGuard
    var execution: Execution

    init(request: ApprovalRequest, grant: Grant, now: Timestamp, number: Int = 0) {
        guarded = ClaimGuard(
            request: request, grant: grant, presented: request.submission.digest,
            keyThumbprint: request.submission.keyThumbprint, epoch: request.submission.epoch, now: now)
        execution = Execution(
            id: ExecutionID(at: now, random: Sample.random(number)), request: request.id, executor: grant.audience,
            digest: request.submission.digest, claimedAt: now, deadline: now.adding(seconds: 600),
            aftermath: Aftermath(isReviewed: true, onViolation: [.tool, .agent]))
    }
}
