package import CanonicalEncoding
import CedarLanguage
package import DomainModel

/// One rule of a set in the words of people who read it.
package struct RuleSummary: Hashable, Sendable {
    package enum Tier: String, Hashable, Sendable {
        /// A permit: at once.
        case auto
        /// A permit whose executions are looked at afterwards.
        case review
        /// A forbid that people lift.
        case approval
        /// A forbid that nothing lifts.
        case hard
    }

    /// `@id`, or the rule's place in the text.
    package let name: Text
    package let tier: Tier
    package let reason: Text
    /// What this rule alone asks of people; only of approval rules.
    package let requirement: ApprovalRequirement?
    /// Where it begins, from 1.
    package let line: Int

    package var isPermit: Bool { tier == .auto || tier == .review }
}

extension PolicySet {
    /// Every rule, in the order of the text.
    package var summaries: [RuleSummary] {
        policies.policies.compactMap { policy in
            rules[policy.id].map { RuleSummary($0, line: policies.position(of: policy.span).line) }
        }.sorted { $0.line < $1.line }
    }
}

extension RuleSummary {
    fileprivate init(_ rule: Rule, line: Int) {
        name = rule.name
        reason = rule.reason
        self.line = line
        switch rule.tier {
        case .permit(let isReviewed):
            tier = isReviewed ? .review : .auto
            requirement = nil
        case .hard:
            tier = .hard
            requirement = nil
        case .approval(let demand):
            tier = .approval
            requirement = Demand.merge([demand])
        }
    }
}
