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
        /// `when` or `unless`.
        package let word: Text
        /// As it is written, `when` or `unless` included.
        package let text: Text
        /// Whether it lets the rule apply; nil when it errs.
        package let holds: Bool?
        /// Why it errs.
        package let error: Text?
        /// How the parts are joined: `all of` or `any of`.
        package let joint: Text
        /// The operands of its outermost `&&` or `||`; one where there is none.
        package let parts: [Part]
    }

    /// One operand of a clause.
    package struct Part: Sendable {
        /// What it came to.
        package enum Outcome: String, Sendable {
            case yes = "true"
            case no = "false"
            /// It cannot be evaluated, and the clause with it.
            case failed = "errs"
            /// The parts before it have settled the clause, and by itself it cannot be evaluated.
            case unasked = "not asked"
        }

        /// From 1.
        package let line: Int
        /// As it is written.
        package let text: Text
        package let outcome: Outcome
        /// Whether the clause is settled here: what stands behind it is not asked any more.
        package let decides: Bool
        /// Why it errs.
        package let error: Text?
        /// What it reads and what is there, as policy text; a value's length is bounded, and what is left out is counted.
        package let readings: [(expression: Text, value: Text)]
        /// How many readings are left out.
        package let readingsLeftOut: Int
    }

    /// Of one part.
    static let greatestReadings = 12

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
                let clauses = scope.isWhole ? policies.parts(of: policy, question.request, question.entities) : []
                let unmet: [(Text, Bool)] = [
                    ("principal", scope.principal), ("action", scope.action), ("resource", scope.resource),
                ]
                return PolicyExplanation.Entry(
                    name: rules[policy.id]?.name ?? policy.id.text, tier: rules[policy.id]?.tier.word ?? "",
                    reason: rules[policy.id]?.reason ?? "", line: policies.position(of: policy.span).line,
                    standing: standing, unmet: unmet.filter { !$0.1 }.map(\.0), clauses: clauses.map(clause))
            })
    }

    private func clause(_ parts: CedarClauseParts) -> PolicyExplanation.Clause {
        let outcome = parts.clause
        var error: Text?
        if case .failure(let failure) = outcome.result { error = Text(failure.description) }
        let decisive = parts.decisive
        return PolicyExplanation.Clause(
            line: policies.position(of: outcome.span).line, word: outcome.isUnless ? "unless" : "when",
            text: text(outcome.span), holds: outcome.holds, error: error,
            joint: parts.joint == .all ? "all of" : "any of",
            parts: parts.parts.enumerated().map { index, part in
                self.part(part, decides: index == decisive, isBehind: decisive.map { index > $0 } ?? false)
            })
    }

    private func part(_ part: CedarPart, decides: Bool, isBehind: Bool) -> PolicyExplanation.Part {
        var error: Text?
        let outcome: PolicyExplanation.Part.Outcome
        switch part.result {
        case .success(let value): outcome = value ? .yes : .no
        case .failure where isBehind: outcome = .unasked
        case .failure(let failure):
            outcome = .failed
            error = Text(failure.description)
        }
        let readings = part.readings.prefix(PolicyExplanation.greatestReadings).map { reading in
            switch reading.value {
            case .success(let value): (expression: text(reading.span), value: Text(ValueText(value).text))
            case .failure(let failure):
                (expression: text(reading.span), value: Text("not there: \(failure.description)"))
            }
        }
        return PolicyExplanation.Part(
            line: policies.position(of: part.span).line, text: text(part.span), outcome: outcome, decides: decides,
            error: error, readings: readings, readingsLeftOut: part.readings.count - readings.count)
    }

    private func text(_ span: SourceSpan) -> Text {
        Text(utf8: Array(policies.source.utf8.dropFirst(span.start).prefix(span.end - span.start))) ?? ""
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
