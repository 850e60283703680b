import CanonicalEncoding
import CedarLanguage
import DomainModel

/// Everything that is checked before a policy set is loaded, beside its syntax.
struct PolicyLint {
    private let set: CedarPolicySet
    private let vocabulary: Vocabulary
    /// What the log entry of a request can name at once.
    static let greatestGroupCount = 256

    private let groups: Set<Text>?
    private(set) var problems: [PolicyProblem] = []

    init(_ set: CedarPolicySet, _ vocabulary: Vocabulary, groups: Set<Text>?) {
        self.set = set
        self.vocabulary = vocabulary
        self.groups = groups
    }

    /// The meaning of every policy. With problems it is not to be used.
    mutating func rules() -> [CedarString: Rule] {
        var rules: [CedarString: Rule] = [:]
        var names: Set<Text> = []
        var asked: Set<GroupID> = []
        for template in set.templates {
            report("a policy set has no templates", hint: "write the entity in place of the slot", at: template.span)
        }
        for policy in set.policies {
            var reader = RuleReader(policy, in: set)
            let rule = reader.rule()
            problems += reader.problems
            if !names.insert(rule.name).inserted {
                report("two rules are named `\(rule.name)`", hint: "give each @id once", at: policy.span)
            }
            if reader.problems.isEmpty, case .approval(let demand) = rule.tier {
                asked.formUnion(demand.groups)
                guard asked.count <= Self.greatestGroupCount else {
                    report(
                        "the set asks more than \(Self.greatestGroupCount) groups of people",
                        hint: "let fewer, larger groups approve", at: policy.span)
                    break
                }
                check(policy, demand)
            }
            rules[policy.id] = rule
        }
        problems.sort { ($0.line, $0.column) < ($1.line, $1.column) }
        return rules
    }

    private mutating func check(_ policy: CedarPolicy, _ demand: Demand) {
        if let mistake = RuleLint(set, vocabulary).mistake(in: policy, demanding: demand) {
            report(mistake.message, hint: mistake.hint, at: policy.span)
        }
        guard let groups else { return }
        for group in demand.groups where !groups.contains(group.text) {
            report(
                "the group `\(group)` has no members, so nobody could approve", hint: "add people to it first",
                at: policy.annotation("approvers")?.span ?? policy.span)
        }
    }

    private mutating func report(_ message: String, hint: String, at span: SourceSpan) {
        let position = set.position(of: span)
        problems.append(
            PolicyProblem(line: position.line, column: position.column, message: message, hint: hint))
    }
}
