import ActionTokens
import ApprovalWorkflow
import AuthorityPorts
import CanonicalEncoding
import DomainModel
import TransparencyLog
import WireProtocol

extension Authority {
    /// The authority to run a request once, until its token's end. One `txn` for a request, however often it is granted.
    func newGrant(
        _ request: ApprovalRequest, audience: AgentID, until: Timestamp, at now: Timestamp
    ) throws -> Grant {
        let life = min(settings.tokenSeconds, ActionTokenClaims.longestLifeSeconds)
        // Tokens carry whole seconds: rounded down, so that the token never outlives what it stands on.
        let end = Timestamp(seconds: min(now.adding(seconds: life), until).seconds)
        guard end > now else { throw AuthorityError(.votesExpired, "There is no time left for a token.") }
        return Grant(
            id: request.progress.grant?.id ?? GrantID(at: now, random: surroundings.random(16)),
            txn: request.progress.grant?.txn ?? randomToken(), audience: audience,
            tokenID: randomToken(), tokenExpiresAt: end)
    }
}

/// Consumes a grant inside its transaction: one conditional write, one winner (invariant S2). Everything that has to hold was
/// looked at before, in the same transaction.
struct GrantClaim {
    let authority: Authority
    let executor: AgentID
    /// The action as it will be executed, and the key that proved possession (invariants S1 and S8).
    let presented: Digest
    let keyThumbprint: Text
    let idempotency: (key: Text, bodyDigest: Digest)?

    struct Claimed: Sendable {
        let request: ApprovalRequest
        let execution: Execution
    }

    /// Nil: somebody was faster, or it is not as was thought.
    func consume(
        _ grant: Grant, of request: ApprovalRequest, _ aftermath: Aftermath, at now: Timestamp,
        in transaction: any StoreTransaction
    ) throws -> Claimed? {
        let epoch = authority.store.epoch
        let execution = Execution(
            id: ExecutionID(at: now, random: authority.surroundings.random(16)), request: request.id,
            executor: executor, digest: presented, claimedAt: now,
            deadline: now.adding(seconds: request.submission.action.deadlineSeconds), aftermath: aftermath)
        let progress = try Lifecycle.next(request.progress, .claimed(execution.id), at: now).get()
        let guarded = ClaimGuard(
            request: request, grant: grant, presented: presented, keyThumbprint: keyThumbprint, epoch: epoch, now: now)
        guard try transaction.claim(guarded, execution: execution, idempotency: idempotency) else { return nil }
        authority.probe.reached(.claimAfterUpdate)
        var changed = request
        changed.progress = progress
        try transaction.append(.request(changed, epoch: epoch, saying: ["execution": .string(execution.id.text)]))
        try transaction.append(.claimed(execution, grant: grant, epoch: epoch))
        return Claimed(request: changed, execution: execution)
    }
}

extension StoreReader {
    /// Tools of servers behind the gateway are executed by it and nobody else.
    func checkIsNotTheGateways(_ tool: ToolReference) throws {
        guard try self.tool(server: tool.server, name: tool.name)?.kind == .mcp else { return }
        throw AuthorityError(
            .gatewayExecutes, "The gateway executes this tool.", hint: "Call it at /mcp, in the same words.")
    }
}
