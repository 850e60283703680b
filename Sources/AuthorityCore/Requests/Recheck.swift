import ApprovalPolicy
import ApprovalWorkflow
import AuthorityPorts
import CanonicalEncoding
import DomainModel
import WireProtocol

/// Everything that must still be true when a token is issued and again when it is claimed (invariants S3, S4, S5, S14).
struct Recheck: Sendable {
    enum Outcome: Sendable {
        /// It still stands, until then: the earliest end of request, votes and window. With it, what policy wants done
        /// afterwards.
        case stands(until: Timestamp, Aftermath)
        /// It has ended: the event says how, and it is written down.
        case ends(RequestEvent)
        /// Not now, and nothing changes: a freeze, a window that has not begun.
        case waits(AuthorityError)
    }

    let authority: Authority

    /// `executor` is who would carry it out: a freeze of that agent stops the step as well (invariants S5 and V5).
    func verdict(
        _ request: ApprovalRequest, executor: AgentID, reader: any StoreReader, at now: Timestamp
    ) throws -> Outcome {
        let submission = request.submission
        guard submission.epoch == authority.store.epoch else { return .ends(.becameStale(.epochChanged)) }
        if let end = Self.clockEnd(request, at: now) { return .ends(end) }
        guard let agent = try reader.agent(submission.agent), agent.isActive(at: now) else {
            return .ends(.cancelled(by: .disabledAgent))
        }
        // S8: a key that was retired proves nothing any more, also not through another executor.
        guard agent.key(submission.keyThumbprint) != nil else { return .ends(.becameStale(.agentDisabled)) }
        if let freeze = try Self.freeze(on: submission, executor: executor, reader: reader) { return .waits(freeze) }
        if let window = submission.context.window, now < window.from {
            return .waits(
                AuthorityError(.windowClosed, "The requested window begins at \(window.from.rfc3339)."))
        }
        if let reason = try RegistrationCheck(reader: reader).change(under: request) {
            return .ends(.becameStale(reason))
        }
        return try policyVerdict(request, agent: agent, reader: reader, at: now)
    }

    /// Live policy with live votes. What policy forbids, no approval opens.
    private func policyVerdict(
        _ request: ApprovalRequest, agent: Agent, reader: any StoreReader, at now: Timestamp
    ) throws -> Outcome {
        guard let set = try authority.policies.inForce(reader) else { return .ends(.becameStale(.policyChanged)) }
        let question = try Self.question(about: request, agent: agent, reader: reader, at: now)
        var until = request.progress.expiresAt
        var approval: ApprovalFacts?
        var asking: [PolicyReason] = []
        if let requirement = request.assessment.requirement {
            // S4: what policy asks of people today, not only whether its clauses hold: a vote that was good for the old
            // annotations may not be for the new ones.
            guard let rules = try rules(asking: request, question, set, reader: reader) else {
                return .ends(.becameStale(.policyChanged))
            }
            asking = rules
            let approvals = try Approvals(of: request, requirement: requirement, reader: reader, at: now)
            guard approvals.result.isReached, let validUntil = approvals.result.validUntil else {
                // The clocks of request and votes were looked at before, so somebody lost what made a vote count.
                return .ends(.becameStale(.approverChanged))
            }
            until = min(until, validUntil)
            approval = ApprovalFacts(approvals.result)
        }
        switch try question.ask(set, approval: approval, reader: reader) {
        case .allowed(let tier, let permits):
            // The stricter of what policy said when it was asked first and what it says now.
            let isReviewed = tier == .review || request.assessment.tier == .review
            let freezes = set.freezes(afterViolationOf: asking + permits)
            return .stands(until: until, Aftermath(isReviewed: isReviewed, onViolation: freezes))
        case .denied(.policyError, let reasons):
            PolicyAlarm(logger: authority.logger).raise(reasons, request.submission, at: .recheck)
            return .ends(.becameStale(.policyChanged))
        case .denied, .needsApproval: return .ends(.becameStale(.policyChanged))
        }
    }

    /// Before people vote: whether registry and policy would still ask the same people for the same thing.
    func staleness(_ request: ApprovalRequest, reader: any StoreReader, at now: Timestamp) throws -> EndReason? {
        if let reason = try RegistrationCheck(reader: reader).change(under: request) { return reason }
        guard let set = try authority.policies.inForce(reader),
            let agent = try reader.agent(request.submission.agent)
        else { return .policyChanged }
        let question = try Self.question(about: request, agent: agent, reader: reader, at: now)
        return try rules(asking: request, question, set, reader: reader) == nil ? .policyChanged : nil
    }

    private static func question(
        about request: ApprovalRequest, agent: Agent, reader: any StoreReader, at now: Timestamp
    ) throws -> PolicyQuestion {
        let tool = request.submission.action.tool
        return PolicyQuestion(
            submission: request.submission, agent: agent,
            tool: try reader.tool(server: tool.server, name: tool.name), at: now)
    }

    /// The rules by which the set asks the same people for the same thing; nil where it asks for something else.
    private func rules(
        asking request: ApprovalRequest, _ question: PolicyQuestion, _ set: PolicySet, reader: any StoreReader
    ) throws -> [PolicyReason]? {
        guard set.digest != request.assessment.policy else { return request.assessment.reasons }
        let verdict = AuthorityCore.Verdict(try question.ask(set, approval: nil, reader: reader))
        if verdict.endReason == .policyError {
            PolicyAlarm(logger: authority.logger).raise(verdict.reasons, request.submission, at: .recheck)
        }
        return verdict.requirement == request.assessment.requirement ? verdict.reasons : nil
    }

    static func clockEnd(_ request: ApprovalRequest, at now: Timestamp) -> RequestEvent? {
        if let window = request.submission.context.window, now >= window.until { return .expired(.windowClosed) }
        guard now >= request.progress.expiresAt else { return nil }
        let wasVoted = request.assessment.requirement != nil && request.progress.status != .pending
        return .expired(wasVoted ? .votesExpired : .requestExpired)
    }

    /// A freeze of everything, the tool, the agent that asks, or the one that would execute.
    static func freeze(
        on submission: Submission, executor: AgentID? = nil, reader: any StoreReader
    ) throws -> AuthorityError? {
        let scopes: Set<Freeze.Scope> = [
            .everything, .agent(submission.agent), .agent(executor ?? submission.agent),
            .tool(submission.action.tool.qualifiedName),
        ]
        guard try reader.freezes().contains(where: { scopes.contains($0.scope) }) else { return nil }
        return AuthorityError(
            .frozen, "This is frozen: no step towards an effect is taken.",
            hint: "Wait until an administrator thaws it.", retryAfterSeconds: 30)
    }
}

extension ApprovalFacts {
    init(_ result: QuorumResult) {
        self.init(
            approvers: result.approvers, perGroup: result.perGroup.map { ($0.group, $0.count) },
            count: Int64(result.approvers.count), assurance: result.assurance,
            approvedAt: result.approvedAt ?? Timestamp(milliseconds: 0),
            approvedUntil: result.validUntil ?? Timestamp(milliseconds: 0), breakGlass: false)
    }
}
