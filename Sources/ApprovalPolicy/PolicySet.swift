package import CanonicalEncoding
import CedarLanguage
package import DomainModel

/// A policy set: parsed, linted, compiled, immutable. It is swapped whole; a bad one is never made.
package struct PolicySet: Sendable {
    package let digest: Digest
    package let source: Text

    let policies: CedarPolicySet
    let rules: [CedarString: Rule]
    /// By name, of those rules that freeze anything.
    private let freezes: [Text: Set<ViolationFreeze>]
    let vocabulary: Vocabulary
    let worlds = WorldMemory()

    /// Parses and lints. `groups` are the names of the groups that have a member, so that a rule which asks nobody is
    /// refused; nil leaves that question out. `namespace` is that of the entity types.
    package init(
        source: Text, groups: Set<Text>?, namespace: String = "Countersign"
    ) throws(PolicyLoadError) {
        guard let vocabulary = Vocabulary(namespace: namespace) else {
            throw PolicyLoadError(problems: [
                PolicyProblem(
                    line: 1, column: 1, message: "the namespace is no name", hint: "write Countersign or Acme::Gate")
            ])
        }
        let policies: CedarPolicySet
        do {
            policies = try CedarPolicySet(parsing: source.string)
        } catch {
            throw PolicyLoadError(problems: [
                PolicyProblem(
                    line: error.position.line, column: error.position.column, message: error.message, hint: error.hint)
            ])
        }
        var lint = PolicyLint(policies, vocabulary, groups: groups)
        rules = lint.rules()
        freezes = Dictionary(
            rules.values.filter { !$0.onViolation.isEmpty }.map { ($0.name, $0.onViolation) },
            uniquingKeysWith: { $0.union($1) })
        guard lint.problems.isEmpty else { throw PolicyLoadError(problems: lint.problems) }
        self.policies = policies
        self.vocabulary = vocabulary
        self.source = source
        digest = Digest(domain: "countersign.policy.v1", .string(source))
    }

    /// The five steps of `policy.md`, in their order. Whatever cannot be answered is a no.
    package func evaluate(_ facts: PolicyFacts) -> PolicyOutcome {
        guard let answer = answer(facts, approval: facts.approval) else {
            let reason = PolicyReason(policy: "facts", text: "The action cannot be put into the words of policy")
            return .denied(kind: .policyError, reasons: [reason])
        }
        let brokenForbids = answer.failures.filter { $0.effect == .forbid }
        if !brokenForbids.isEmpty {
            return .denied(kind: .policyError, reasons: brokenForbids.map(reason))
        }
        let demands = demands(of: answer.satisfiedForbids)
        let hard = answer.satisfiedForbids.filter { demands[$0] == nil }
        if !hard.isEmpty { return .denied(kind: .forbidden, reasons: hard.map(reason)) }
        if answer.satisfiedPermits.isEmpty {
            return .denied(kind: .noPermit, reasons: [PolicyReason(policy: "none", text: "No rule permits this")])
        }
        if !answer.satisfiedForbids.isEmpty {
            return approval(facts, rules: answer.satisfiedForbids, demands: demands)
        }
        return allowed(answer)
    }

    /// What is frozen where something else happens than was approved by these rules (`@on_violation`).
    package func freezes(afterViolationOf reasons: [PolicyReason]) -> Set<ViolationFreeze> {
        guard !freezes.isEmpty else { return [] }
        return reasons.reduce(into: []) { $0.formUnion(freezes[$1.policy] ?? []) }
    }

    /// The best approval that a requirement can get: as many people of each group as it asks for. Nil where it asks nobody.
    package static func approval(
        meeting requirement: ApprovalRequirement, at time: Timestamp
    ) -> ApprovalFacts? {
        People(requirement)?.approval(requirement, at: time, count: \.quorum)
    }

    // MARK: Steps

    private func answer(_ facts: PolicyFacts, approval: ApprovalFacts?) -> CedarAnswer? {
        guard let question = try? CedarQuestion(facts, approval: approval, in: vocabulary, worlds: worlds) else {
            return nil
        }
        return policies.answer(question.request, question.entities)
    }

    /// Of those forbids that people can lift.
    private func demands(of forbids: [CedarString]) -> [CedarString: Demand] {
        var demands: [CedarString: Demand] = [:]
        for id in forbids {
            if case .approval(let demand) = rules[id]?.tier { demands[id] = demand }
        }
        return demands
    }

    /// People are asked only where the best approval that they can give would help.
    private func approval(
        _ facts: PolicyFacts, rules fired: [CedarString], demands: [CedarString: Demand]
    ) -> PolicyOutcome {
        let reasons = fired.map(reason)
        guard let requirement = Demand.merge(fired.compactMap { demands[$0] }), let people = People(requirement) else {
            return .denied(kind: .unsatisfiable, reasons: reasons)
        }
        let ideal = people.approval(requirement, at: facts.now, count: \.quorum)
        guard let answer = answer(facts, approval: ideal), answer.decision == .allow,
            !answer.failures.contains(where: { $0.effect == .forbid })
        else { return .denied(kind: .unsatisfiable, reasons: reasons) }
        return .needsApproval(requirement, reasons: reasons)
    }

    /// An error in a permit that asks for a look afterwards asks for it too.
    private func allowed(_ answer: CedarAnswer) -> PolicyOutcome {
        let failedPermits = answer.failures.filter { $0.effect == .permit }
        let isReviewed = (answer.satisfiedPermits + failedPermits.map(\.policy)).contains { id in
            if case .permit(isReviewed: true) = rules[id]?.tier { true } else { false }
        }
        return .allowed(tier: isReviewed ? .review : .auto, reasons: answer.satisfiedPermits.map(reason))
    }

    // MARK: Reasons

    private func reason(_ id: CedarString) -> PolicyReason {
        PolicyReason(policy: rules[id]?.name ?? id.text, text: rules[id]?.reason ?? "")
    }

    private func reason(_ failure: PolicyFailure) -> PolicyReason {
        let place = failure.error.span.map { " at \(policies.position(of: $0))" } ?? ""
        return PolicyReason(
            policy: rules[failure.policy]?.name ?? failure.policy.text,
            text: "This rule could not be evaluated\(Text(place)): \(Text(failure.error.description))")
    }
}
