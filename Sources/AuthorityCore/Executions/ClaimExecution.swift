import ActionTokens
import ApprovalWorkflow
import AuthorityPorts
package import CanonicalEncoding
import DomainModel
import TransparencyLog
import WireProtocol

/// `POST /v1/claims`: consumes the grant. However many claim it, one wins, and only while everything still holds.
package struct ClaimExecution: Sendable {
    package struct Answer: Sendable {
        package let view: JSONValue
        package let isNew: Bool

        init(_ execution: Execution, isNew: Bool) {
            view = ClaimView(execution: execution.id, deadline: execution.deadline).json
            self.isNew = isNew
        }
    }

    let authority: Authority

    package init(_ authority: Authority) {
        self.authority = authority
    }

    package func run(
        _ caller: AuthenticatedAgent, body: JSONValue, idempotencyKey: Text?
    ) async throws(AuthorityError) -> Answer {
        let claim: ClaimBody
        do { claim = try ClaimBody(json: body) } catch { throw AuthorityError(error) }
        let idempotency = idempotencyKey.map { (key: $0, bodyDigest: claim.bodyDigest) }
        authority.probe.reached(.claimBeforeTransaction)
        // Before the token is looked at, which may have expired meanwhile.
        if idempotency != nil, let earlier = try await authority.read({ try Self.earlier(caller, idempotency, $0) }) {
            return earlier
        }
        let (claims, isSurelyUnseen) = try verified(claim, by: caller)
        let presented = claim.action.digest
        guard claims.action == presented else {
            throw AuthorityError(
                .digestMismatch, "The action presented is not the one that the token is for.",
                hint: "Present it exactly as it was approved; another action is another request.")
        }
        guard let id = RequestID(claims.request) else { throw spent("no handle of a request") }
        let changed = try await LiveFacts(authority: authority).firstChanged(of: id, claim.action.preconditions)
        let authority = authority
        let answer = try await authority.write("claim execution") { transaction -> Result<Answer, AuthorityError> in
            // Once more, now that nobody else writes: two tries of one claim may have overtaken each other.
            if let earlier = try Self.earlier(caller, idempotency, transaction) { return .success(earlier) }
            _ = try transaction.standing(caller, at: authority.now)
            let attempt = ClaimAttempt(
                authority: authority, request: id, claims: claims, presented: presented,
                executor: caller.id, grantedAfter: isSurelyUnseen ? nil : authority.startedAt, idempotency: idempotency)
            let result = try attempt.run(changed: changed, in: transaction)
            authority.probe.reached(.claimBeforeCommit)
            return result.map { execution in Answer(execution, isNew: true) }
        }.get()
        authority.probe.reached(.claimAfterCommit)
        return answer
    }

    /// The same claimant asking again with the same key gets the same answer.
    private static func earlier(
        _ caller: AuthenticatedAgent, _ idempotency: (key: Text, bodyDigest: Digest)?, _ reader: any StoreReader
    ) throws -> Answer? {
        guard let idempotency,
            let earlier = try reader.execution(executor: caller.id, idempotencyKey: idempotency.key)
        else { return nil }
        guard earlier.bodyDigest == idempotency.bodyDigest else {
            throw AuthorityError(.idempotencyConflict, "This Idempotency-Key came with another body before.")
        }
        return Answer(earlier.execution, isNew: false)
    }

    /// Token, audience and possession of the key that asked (invariant S8), and whether no earlier process can have seen the
    /// proof of it.
    private func verified(
        _ claim: ClaimBody, by caller: AuthenticatedAgent
    ) throws(AuthorityError) -> (claims: ActionTokenClaims, isSurelyUnseen: Bool) {
        let now = authority.now
        let claims: ActionTokenClaims
        switch authority.tokenVerifier.actionToken(claim.token, audience: caller.id.text, now: now) {
        case .success(let verified): claims = verified
        case .failure(.expired): throw AuthorityError(.tokenExpired, "The token has expired; ask for another one.")
        case .failure(let reason): throw spent("\(reason)")
        }
        guard claims.token.epoch == authority.epochText else { throw spent("a token of another epoch") }
        if let proof = claim.agentProof {
            return (claims, try checkAgentProof(proof, token: claim.token, claims, at: now))
        }
        guard claims.token.keyThumbprint == caller.keyThumbprint else {
            throw AuthorityError(
                .agentProofInvalid, "`agent_proof` is needed: the executor is not the agent that asked.")
        }
        return (claims, true)
    }

    /// It carries no nonce of ours, so that its time has to tell: made after this process began, however far ahead its maker's
    /// clock may run, it was seen by no earlier one (docs/decisions/0026).
    private func checkAgentProof(
        _ proof: Text, token: Text, _ claims: ActionTokenClaims, at now: Timestamp
    ) throws(AuthorityError) -> Bool {
        let verifier = DPoPVerifier(nonces: .notRequired)
        let verdict = verifier.verify(
            [proof], for: ProofTarget(method: "POST", url: authority.settings.claimsURL),
            boundTo: ProofBinding(accessToken: token, keyThumbprint: claims.token.keyThumbprint), now: now)
        switch verdict {
        case .failure(let reason):
            throw AuthorityError(.agentProofInvalid, "`agent_proof` is not accepted.", context: "\(reason)")
        case .success(let proof):
            guard authority.replays.remember(proof.replayKey, at: now) else {
                throw AuthorityError(.agentProofInvalid, "`agent_proof` is not accepted.", context: "replayed")
            }
            return proof.issuedAt > authority.startedAt.adding(seconds: verifier.skewSeconds)
        }
    }

    private func spent(_ context: String) -> AuthorityError {
        AuthorityError(.tokenInvalid, "The token is not accepted.", context: context)
    }
}

extension ClaimBody {
    /// What an idempotency key stands for; the proof is another one with each try.
    fileprivate var bodyDigest: Digest {
        Digest(domain: "countersign.claim-body.v1", ["action": action.json, "token": .string(token)])
    }
}

/// One try at consuming a grant, inside its transaction.
struct ClaimAttempt: Sendable {
    let authority: Authority
    let request: RequestID
    let claims: ActionTokenClaims
    let presented: Digest
    let executor: AgentID
    /// Set where an earlier process may have seen the agent's proof: a token that was issued later it cannot have been for.
    let grantedAfter: Timestamp?
    let idempotency: (key: Text, bodyDigest: Digest)?

    /// A refusal that ends the request is a value, so that its end is committed.
    func run(changed: Precondition?, in transaction: any StoreTransaction) throws -> Result<Execution, AuthorityError> {
        let now = authority.now
        guard let request = try transaction.request(request), let grant = request.progress.grant,
            grant.txn == claims.txn, grant.tokenID == claims.token.tokenID
        else { throw refusal(nil) }
        guard request.progress.status == .granted else { throw refusal(request) }
        if let grantedAfter, request.progress.updatedAt <= grantedAfter {
            throw AuthorityError(
                .agentProofInvalid, "`agent_proof` is not accepted.",
                hint: "The server has just started: claim with another proof in a few seconds.",
                context: "made before this process", retryAfterSeconds: 10)
        }
        try transaction.checkIsNotTheGateways(request.submission.action.tool)
        let verdict: Recheck.Outcome =
            try changed == nil
            ? Recheck(authority: authority).verdict(request, executor: executor, reader: transaction, at: now)
            : .ends(.becameStale(.preconditionChanged))
        switch verdict {
        case .waits(let refusal): throw refusal
        case .ends(let event):
            let ended = try transaction.advance(request, by: event, at: now, epoch: authority.store.epoch)
            return .failure(AuthorityError(endOf: ended))
        case .stands(_, let aftermath):
            let claim = GrantClaim(
                authority: authority, executor: executor, presented: presented,
                keyThumbprint: claims.token.keyThumbprint, idempotency: idempotency)
            guard let claimed = try claim.consume(grant, of: request, aftermath, at: now, in: transaction) else {
                throw refusal(request)
            }
            return .success(claimed.execution)
        }
    }

    private func refusal(_ request: ApprovalRequest?) -> AuthorityError {
        switch request?.progress.status {
        case .executing, .completed, .failed, .violated, .unknown:
            AuthorityError(.alreadyClaimed, "The grant was claimed already; it runs once.")
        case .stale, .expired, .denied, .cancelled:
            request.map { AuthorityError(endOf: $0) } ?? AuthorityError(.tokenInvalid, "The token is not accepted.")
        default: AuthorityError(.tokenInvalid, "The token is not accepted.", context: "no such grant")
        }
    }
}

extension LogEntry {
    static func claimed(_ execution: Execution, grant: Grant, epoch: Int64) -> LogEntry {
        LogEntry(
            kind: "execution.claimed", subject: execution.id.text, at: execution.claimedAt, epoch: epoch,
            body: [
                "request": .string(execution.request.text), "executor": .string(execution.executor.text),
                "action": "\(execution.digest.wire)", "deadline": "\(execution.deadline.rfc3339)",
                "txn": "\(Digest(domain: "countersign.txn.v1", .string(grant.txn)).wire)",
            ])
    }
}
