package import CanonicalEncoding
import CedarLanguage

/// Why policy answers as it does: every rule that could have applied, clause by clause.
package struct PolicyExplanation: Sendable {
    /// Whether a rule applied.
    package enum Standing: String, Sendable {
        /// Scope and clauses hold.
        case fired
        /// The scope is met; a clause does not hold.
        case held
        /// The scope is met; a clause could not be evaluated. In a forbid that denies.
        case failed
        /// The scope is not met.
        case elsewhere
    }

    /// A `when` or `unless`, by itself.
    package struct Clause: Sendable {
        /// From 1.
        package let line: Int
        /// As it is written, `when` or `unless` included.
        package let text: Text
        /// Whether it lets the rule apply; nil when it errs.
        package let holds: Bool?
        /// Why it errs.
        package let error: Text?
    }

    /// One rule.
    package struct Entry: Sendable {
        package let name: Text
        /// `auto`, `review`, `hard` or `approval`.
        package let tier: Text
        package let reason: Text
        /// From 1.
        package let line: Int
        package let standing: Standing
        /// Of the scope, what is not met: `principal`, `action`, `resource`.
        package let unmet: [Text]
        /// Empty where the scope is not met: they are not asked then.
        package let clauses: [Clause]
    }

    /// In the order of the text.
    package let entries: [Entry]
}

extension PolicySet {
    /// Nil where the facts cannot be said in the language: the outcome is a denial then.
    package func explain(_ facts: PolicyFacts) -> PolicyExplanation? {
        guard let question = try? CedarQuestion(facts, approval: facts.approval, in: vocabulary, worlds: worlds) else {
            return nil
        }
        let answer = policies.answer(question.request, question.entities)
        let fired = Set(answer.satisfiedPermits + answer.satisfiedForbids)
        let failed = Set(answer.failures.map(\.policy))
        return PolicyExplanation(
            entries: policies.policies.map { policy in
                let scope = policies.scope(of: policy, question.request, question.entities)
                let standing: PolicyExplanation.Standing =
                    !scope.isWhole
                    ? .elsewhere : fired.contains(policy.id) ? .fired : failed.contains(policy.id) ? .failed : .held
                let clauses = scope.isWhole ? policies.clauses(of: policy, question.request, question.entities) : []
                let unmet: [(Text, Bool)] = [
                    ("principal", scope.principal), ("action", scope.action), ("resource", scope.resource),
                ]
                return PolicyExplanation.Entry(
                    name: rules[policy.id]?.name ?? policy.id.text, tier: rules[policy.id]?.tier.word ?? "",
                    reason: rules[policy.id]?.reason ?? "", line: policies.position(of: policy.span).line,
                    standing: standing, unmet: unmet.filter { !$0.1 }.map(\.0), clauses: clauses.map(clause))
            })
    }

    private func clause(_ outcome: CedarClauseOutcome) -> PolicyExplanation.Clause {
        let bytes = Array(policies.source.utf8)[outcome.span.start..<outcome.span.end]
        var error: Text?
        if case .failure(let failure) = outcome.result { error = Text(failure.description) }
        return PolicyExplanation.Clause(
            line: policies.position(of: outcome.span).line, text: Text(utf8: bytes) ?? "", holds: outcome.holds,
            error: error)
    }
}

extension Rule.Tier {
    fileprivate var word: Text {
        switch self {
        case .permit(let isReviewed): isReviewed ? "review" : "auto"
        case .hard: "hard"
        case .approval: "approval"
        }
    }
}
