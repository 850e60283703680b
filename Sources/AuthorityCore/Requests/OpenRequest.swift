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

    /// How many requests of one agent may wait for people at a time.
    package static let greatestPending: Int64 = 100

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
        // Before the facts are read, which may have changed since the first try.
        if let idempotency, !opening.action.preconditions.isEmpty,
            let earlier = try await authority.read({ try Self.repeated(by: caller, idempotency, in: $0) })
        {
            return earlier
        }
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
        if let idempotency, let earlier = try Self.repeated(by: caller, idempotency, in: transaction) { return earlier }
        let now = authority.now
        let agent = try transaction.standing(caller, at: now)
        let superseded = try supersededRequest(opening.context.supersedes, by: caller, in: transaction)
        if opening.context.task?.parent != nil { try checkTask(opening.context, in: transaction) }
        let assessed = try AssessedRequest(
            AssessedRequest.Asked(
                action: opening.action, context: opening.context, caller: caller, agent: agent, superseded: superseded),
            authority: authority, reader: transaction, at: now)
        let request = assessed.request
        if request.assessment.requirement != nil { try assessed.checkRoom(transaction) }
        try assessed.insert(idempotency: idempotency, in: transaction)
        if let superseded { try supersede(superseded, by: request.id, at: now, in: transaction) }
        return Answer(view: RequestView.json(request, votes: VoteCounts()), isNew: true)
    }

    private func checkTask(_ context: RequestContext, in transaction: any StoreTransaction) throws {
        guard try !TaskChain(of: context, reader: transaction).hasEnded else {
            throw AuthorityError(
                .stale, "The task that `task.parent` names has ended.",
                hint: "Ask again as part of a task that goes on, or without a parent.")
        }
    }

    private static func repeated(
        by caller: AuthenticatedAgent, _ idempotency: (key: Text, bodyDigest: Digest), in reader: any StoreReader
    ) throws -> Answer? {
        guard let earlier = try reader.request(agent: caller.id, idempotencyKey: idempotency.key) else {
            return nil
        }
        guard earlier.bodyDigest == idempotency.bodyDigest else {
            throw AuthorityError(
                .idempotencyConflict, "This Idempotency-Key came with another body before.",
                hint: "Use a new key for another request.")
        }
        guard let request = try reader.request(earlier.request) else {
            throw StoreError.damaged("an idempotency key names a request that is not there")
        }
        return Answer(view: try request.view(reader), isNew: false)
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
        ]
        // As many names as surely fit, escapes included; all of them are in the request, and the policy set by its digest.
        var room = 16_384
        let named = assessment.reasons.prefix { reason in
            room -= 6 * reason.policy.utf8.count + 3
            return room >= 0
        }
        more["policies"] = .array(named.map { .string($0.policy) })
        if named.count < assessment.reasons.count {
            more["policies_left_out"] = .integer(Int64(assessment.reasons.count - named.count))
        }
        if let requirement = assessment.requirement {
            more["groups"] = .array(
                requirement.groups.map { ["name": .string($0.name.text), "quorum": .integer($0.quorum)] })
        }
        if submission.proof != .dpop { more["proof"] = "\(submission.proof.rawValue)" }
        if let supersedes = submission.context.supersedes { more["supersedes"] = .string(supersedes.text) }
        return .request(request, epoch: epoch, saying: more)
    }
}

extension ApprovalRequest {
    /// The wire form for agents, with the people who have voted and not withdrawn it. It does not depend on the time, so that
    /// it can be kept as long as the request stays as it is: somebody whose vote has lapsed counts here until the request ends.
    func view(_ reader: any StoreReader) throws -> JSONValue {
        guard assessment.requirement != nil else { return RequestView.json(self, votes: VoteCounts()) }
        let standing = try reader.votes(on: id).filter { $0.withdrawnAt == nil }
        func people(_ decision: Decision) -> Int64 {
            Int64(Set(standing.filter { $0.decision == decision }.map(\.person)).count)
        }
        return RequestView.json(self, votes: VoteCounts(approved: people(.approve), denied: people(.deny)))
    }
}
