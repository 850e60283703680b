import ActionRendering
import ApprovalPolicy
import ApprovalWorkflow
import AuthorityPorts
import CanonicalEncoding
import DomainModel

/// What the server makes of a submission: policy's answer and the one rendering.
struct Judgement: Sendable {
    let assessment: Assessment
    let opening: Opening
    /// What policy wants done after an execution that it allows at once.
    let aftermath: Aftermath
    /// Waiting for people ends by the rule, waiting for execution by the settings, and both with the window.
    let expiresAt: Timestamp

    init(
        _ question: PolicyQuestion, superseded: ApprovalRequest?, authority: Authority, reader: any StoreReader
    ) throws {
        let set = try authority.policies.inForce(reader)
        let verdict = try Self.verdict(question, set: set, reader: reader)
        if set != nil, verdict.endReason == .policyError {
            PolicyAlarm(logger: authority.logger).raise(verdict.reasons, question.submission, at: .opening)
        }
        let policy = set?.digest ?? Digest(domain: "countersign.policy.v1", .string(""))
        aftermath = Aftermath(
            isReviewed: verdict.tier == .review, onViolation: set?.freezes(afterViolationOf: verdict.reasons) ?? [])
        expiresAt = Self.end(question.submission, verdict.requirement, authority.settings)
        let rendering = try Renderer.render(
            RenderingSubject(
                question, verdict: verdict, policy: policy, superseded: superseded, expiresAt: expiresAt,
                reader: reader))
        let document = rendering.document
        var assessment = Assessment(
            policy: policy, tier: verdict.tier,
            reasons: verdict.reasons, requirement: verdict.requirement,
            rendering: (document, document.digest(domain: Rendering.digestDomain)),
            isApprovable: rendering.isApprovable)
        assessment.registration = try question.tool.map {
            try Registration($0, for: question.submission.action, reader: reader)
        }
        self.assessment = assessment
        opening =
            switch verdict.tier {
            case .auto, .review: .allowed
            case .approval: .needsPeople
            case .deny: .forbidden(verdict.endReason ?? .policyError)
            }
    }

    private static func end(
        _ submission: Submission, _ requirement: ApprovalRequirement?, _ settings: AuthoritySettings
    ) -> Timestamp {
        let end = submission.createdAt.adding(seconds: requirement?.waitSeconds ?? settings.approvedSeconds)
        return submission.context.window.map { min($0.until, end) } ?? end
    }

    static func verdict(
        _ question: PolicyQuestion, set: PolicySet?, approval: ApprovalFacts? = nil, reader: any StoreReader
    ) throws -> Verdict {
        guard question.tool != nil else {
            return .denied(.notRegistered, "registry", "Nobody registered this tool with that target.")
        }
        guard let set else { return .denied(.policyError, "none", "No policy was ever loaded.") }
        return Verdict(try question.ask(set, approval: approval, reader: reader))
    }
}

/// Policy's outcome in the words that a request keeps.
struct Verdict: Sendable {
    let tier: Tier
    let reasons: [PolicyReason]
    let requirement: ApprovalRequirement?
    let endReason: EndReason?

    init(_ outcome: PolicyOutcome) {
        switch outcome {
        case .allowed(let tier, let reasons):
            self.init(tier: tier == .review ? .review : .auto, reasons: reasons)
        case .needsApproval(let requirement, let reasons):
            self.init(tier: .approval, reasons: reasons, requirement: requirement)
        case .denied(let kind, let reasons):
            let reason: EndReason =
                switch kind {
                case .policyError: .policyError
                case .forbidden: .policyForbids
                case .noPermit: .policyHasNoPermit
                case .unsatisfiable: .policyUnsatisfiable
                }
            self.init(tier: .deny, reasons: reasons, endReason: reason)
        }
    }

    static func denied(_ reason: EndReason, _ policy: Text, _ text: Text) -> Verdict {
        Verdict(tier: .deny, reasons: [PolicyReason(policy: policy, text: text)], endReason: reason)
    }

    private init(
        tier: Tier, reasons: [PolicyReason], requirement: ApprovalRequirement? = nil, endReason: EndReason? = nil
    ) {
        self.tier = tier
        self.reasons = reasons
        self.requirement = requirement
        self.endReason = endReason
    }
}
