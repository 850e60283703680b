import CedarLanguage

/// What can come of asking for a tool at all, whatever the arguments.
package enum PolicyProspect: Hashable, Sendable {
    /// No rule permits it to this agent, or one forbids it in any case.
    case never
    /// Some rule may permit it.
    case possible
    /// Some rule may permit it, and some rule may ask people.
    case possibleWithPeople
}

extension PolicySet {
    /// By the scopes of the rules alone, so that it is never less than what an action would be answered: a tool that is shown
    /// may still be denied, and one that is hidden is.
    package func prospect(_ facts: PolicyFacts) -> PolicyProspect {
        guard let question = try? CedarQuestion(facts, approval: nil, in: vocabulary, worlds: worlds) else {
            return .never
        }
        var isPermitted = false
        var asksPeople = false
        for policy in policies.policies where policies.scope(of: policy, question.request, question.entities).isWhole {
            switch rules[policy.id]?.tier {
            case .permit: isPermitted = true
            case .approval: asksPeople = true
            case .hard where policy.isUnconditional: return .never
            case .hard, nil: continue
            }
        }
        guard isPermitted else { return .never }
        return asksPeople ? .possibleWithPeople : .possible
    }
}
