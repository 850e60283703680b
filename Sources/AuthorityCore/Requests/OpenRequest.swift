import ApprovalWorkflow
import AuthorityPorts
package import CanonicalEncoding
import DomainModel
import TransparencyLog
import WireProtocol

/// `POST /v1/requests`: normalises the action, asks policy, renders it once for all, and stores it with its log entry.
package struct OpenRequest: Sendable {
    /// The wire form of the request; `isNew` is false where the key had opened it before.
    package struct Answer: Sendable {
        package let view: JSONValue
        package let isNew: Bool
    }

    let authority: Authority

    package init(_ authority: Authority) {
        self.authority = authority
    }

    package func run(
        _ caller: AuthenticatedAgent, body: JSONValue, idempotencyKey: Text?
    ) async throws(AuthorityError) -> Answer {
        let opening: OpenRequestBody
        do { opening = try OpenRequestBody(json: body) } catch { throw AuthorityError(error) }
        let idempotency = idempotencyKey.map { ($0, Digest(domain: "countersign.request-body.v1", body)) }
        authority.probe.reached(.requestBeforeTransaction)
        if let changed = try await LiveFacts(authority: authority).firstChanged(opening.action.preconditions) {
            throw AuthorityError(
                .stale, "The precondition on `\(changed.of)` does not hold now.",
                hint: "Read it again and ask with the new value.")
        }
        let authority = authority
        let answer = try await authority.write("open request") { transaction in
            authority.probe.reached(.requestInTransaction)
            let answer = try open(opening, by: caller, idempotency: idempotency, in: transaction)
            authority.probe.reached(.requestBeforeCommit)
            return answer
        }
        authority.probe.reached(.requestAfterCommit)
        return answer
    }

    private func open(
        _ opening: OpenRequestBody, by caller: AuthenticatedAgent, idempotency: (key: Text, bodyDigest: Digest)?,
        in transaction: any StoreTransaction
    ) throws -> Answer {
        if let idempotency, let earlier = try repeated(by: caller, idempotency, in: transaction) { return earlier }
        let now = authority.now
        guard let agent = try transaction.agent(caller.id), agent.isActive(at: now) else {
            throw AuthorityError(.invalidToken, "The access token is not accepted.", context: "ended while asking")
        }
        let superseded = try supersededRequest(opening.context.supersedes, by: caller, in: transaction)
        let normalized = try NormalizedAction(opening.action, registry: StoredRegistry(reader: transaction))
        let submission = Submission(
            agent: caller.id, keyThumbprint: caller.keyThumbprint, action: normalized.action,
            context: opening.context, epoch: authority.store.epoch, createdAt: now)
        let question = PolicyQuestion(
            submission: submission, agent: agent, tool: normalized.tool, claimed: opening.action, at: now)
        let judgement = try Judgement(question, superseded: superseded, authority: authority, reader: transaction)
        let id = RequestID(at: now, random: authority.surroundings.random(16))
        let request = ApprovalRequest(
            id: id, submission: submission, assessment: judgement.assessment,
            progress: Lifecycle.opening(
                judgement.opening, expiresAt: judgement.expiresAt, at: now))
        try transaction.insert(request, idempotency: idempotency)
        authority.probe.reached(.requestAfterInsert)
        try transaction.append(.opened(request, epoch: submission.epoch))
        if let superseded { try supersede(superseded, by: id, at: now, in: transaction) }
        return Answer(view: RequestView.json(request, votes: VoteCounts()), isNew: true)
    }

    private func repeated(
        by caller: AuthenticatedAgent, _ idempotency: (key: Text, bodyDigest: Digest),
        in transaction: any StoreTransaction
    ) throws -> Answer? {
        guard let earlier = try transaction.request(agent: caller.id, idempotencyKey: idempotency.key) else {
            return nil
        }
        guard earlier.bodyDigest == idempotency.bodyDigest else {
            throw AuthorityError(
                .idempotencyConflict, "This Idempotency-Key came with another body before.",
                hint: "Use a new key for another request.")
        }
        guard let request = try transaction.request(earlier.request) else {
            throw StoreError.damaged("an idempotency key names a request that is not there")
        }
        return Answer(view: try request.view(transaction), isNew: false)
    }

    private func supersededRequest(
        _ id: RequestID?, by caller: AuthenticatedAgent, in transaction: any StoreTransaction
    ) throws -> ApprovalRequest? {
        guard let id else { return nil }
        guard let request = try transaction.request(id), request.submission.agent == caller.id,
            request.progress.status != .executing, request.progress.supersededBy == nil
        else {
            throw AuthorityError(
                .supersedesUnknown, "`supersedes` names no request of yours that can be superseded.")
        }
        return request
    }

    private func supersede(
        _ request: ApprovalRequest, by successor: RequestID, at now: Timestamp, in transaction: any StoreTransaction
    ) throws {
        let epoch = authority.store.epoch
        if request.progress.status.isTerminal {
            try transaction.recordSuccessor(successor, of: request, at: now, epoch: epoch)
        } else {
            try transaction.advance(request, by: .superseded(by: successor), at: now, epoch: epoch)
        }
    }
}

extension LogEntry {
    /// The first entry of a request: every digest that later ones rely on.
    static func opened(_ request: ApprovalRequest, epoch: Int64) -> LogEntry {
        let submission = request.submission
        let assessment = request.assessment
        var more: JSONObject = [
            "agent": .string(submission.agent.text), "key": .string(submission.keyThumbprint),
            "tool": .string(submission.action.tool.qualifiedName), "action": "\(submission.digest.wire)",
            "policy": "\(assessment.policy.wire)", "tier": "\(assessment.tier.rawValue)",
            "rendering": "\(assessment.renderingDigest.wire)",
            "policies": .array(assessment.reasons.map { .string($0.policy) }),
        ]
        if let requirement = assessment.requirement {
            more["groups"] = .array(
                requirement.groups.map { ["name": .string($0.name.text), "quorum": .integer($0.quorum)] })
        }
        if let supersedes = submission.context.supersedes { more["supersedes"] = .string(supersedes.text) }
        return .request(request, epoch: epoch, saying: more)
    }
}

extension ApprovalRequest {
    /// The wire form for agents, with the votes that stand.
    func view(_ reader: any StoreReader) throws -> JSONValue {
        let votes = try assessment.requirement == nil ? [] : reader.votes(on: id)
        let standing = votes.filter { $0.withdrawnAt == nil }
        return RequestView.json(
            self,
            votes: VoteCounts(
                approved: Int64(standing.count { $0.decision == .approve }),
                denied: Int64(standing.count { $0.decision == .deny })))
    }
}
