import CanonicalEncoding
import CedarLanguage
import DomainModel

/// Tests an approval rule before it is trusted: with too few approvers, or with the wrong ones, it has to hold.
///
/// Only the clauses that read `context.approval` are tested, with facts made up for the purpose; a clause that cannot be
/// evaluated with them counts as holding, since an error in a forbid denies.
struct RuleLint {
    private let set: CedarPolicySet
    private let vocabulary: Vocabulary
    private let now = Timestamp(seconds: 1_800_000_000)

    init(_ set: CedarPolicySet, _ vocabulary: Vocabulary) {
        self.set = set
        self.vocabulary = vocabulary
    }

    /// What is wrong with the rule: a message and a hint, nil when nothing is.
    func mistake(in policy: CedarPolicy, demanding demand: Demand) -> (message: String, hint: String)? {
        guard policy.reads.contains(where: { $0.context.contains("approval") }) else {
            return (
                "an approval rule has to mention context.approval",
                "end it with unless { context has approval && … }: otherwise no approval lifts it"
            )
        }
        guard let requirement = Demand.merge([demand]), let people = People(requirement) else { return nil }
        if isLifted(policy, by: nil) {
            return ("this rule does not hold while there is no approval", "test `context has approval` first")
        }
        for group in requirement.groups {
            let facts = people.approval(requirement, at: now) { $0.name == group.name ? $0.quorum - 1 : $0.quorum }
            if isLifted(policy, by: facts) {
                return (
                    "this rule does not hold with one approver of `\(group.name)` too few",
                    "test context.approval.getTag(\"\(group.name)\") >= \(group.quorum)"
                )
            }
        }
        if isLifted(policy, by: people.foreign(requirement, at: now)) {
            return (
                "this rule does not hold when another group approves",
                "test the tags of its own groups: context.approval.hasTag(\"\(requirement.groups[0].name)\")"
            )
        }
        let ideal = people.approval(requirement, at: now, count: \.quorum)
        if isFullyKnown(policy), !isLifted(policy, by: ideal) {
            return (
                "no approval that meets this rule's annotations lifts it",
                "let annotations and `unless` ask for the same groups, quorum, assurance and times"
            )
        }
        return nil
    }

    /// Whether a clause says for certain that the rule does not apply, before another one errs.
    private func isLifted(_ policy: CedarPolicy, by approval: ApprovalFacts?) -> Bool {
        guard let question = try? CedarQuestion(facts(approval), approval: approval, in: vocabulary) else {
            return false
        }
        for clause in set.clauses(of: policy, question.request, question.entities) {
            guard clause.reads.context.contains("approval") else { continue }
            guard let holds = clause.holds else { return false }
            if !holds { return true }
        }
        return false
    }

    /// Whether the clauses about the approval read nothing that had to be made up.
    private func isFullyKnown(_ policy: CedarPolicy) -> Bool {
        policy.reads.filter { $0.context.contains("approval") }.allSatisfy { reads in
            reads.context.isSubset(of: ["approval", "system"]) && !reads.isContextUsedWhole
                && reads.variables.isSubset(of: [.context, .principal])
        }
    }

    private func facts(_ approval: ApprovalFacts?) -> PolicyFacts {
        PolicyFacts(
            principal: People.asking,
            tool: PolicyFacts.Tool(reference: ToolReference(server: "x", name: "x"), traits: .init()),
            resource: ResourceReference(type: "X", id: "x"), environment: "x", input: [:], command: nil,
            caller: PolicyFacts.Caller(proof: "dpop", shared: false, delegationDepth: 0, task: nil), claimed: [:],
            bounds: PolicyFacts.Bounds(), now: now, approval: approval)
    }
}

/// People made up to test a rule, or to imagine the best approval that it could get.
struct People {
    private let approvers: [PersonID]
    private let strangers: GroupID

    /// As many as the requirement needs.
    init?(_ requirement: ApprovalRequirement) {
        let count = requirement.groups.reduce(0) { $0 + $1.quorum }
        guard let strangers = GroupID("z-group-that-nobody-named") else { return nil }
        approvers = (0..<count).compactMap { PersonID("z-imagined-approver-\($0)") }
        self.strangers = strangers
    }

    static var asking: PolicyFacts.Principal {
        guard let agent = AgentID("z-imagined-agent"), let owner = PersonID("z-imagined-owner") else {
            preconditionFailure("both are names by the rules of names")
        }
        return PolicyFacts.Principal(id: agent, owner: owner, environment: nil, groups: [], claims: [:])
    }

    /// An approval at its best but for the number of people of each group.
    func approval(
        _ requirement: ApprovalRequirement, at now: Timestamp, count: (ApprovalRequirement.Group) -> Int64
    ) -> ApprovalFacts {
        let counts = requirement.groups.map { ($0.name, count($0)) }.filter { $0.1 > 0 }
        return approval(requirement, at: now, counts)
    }

    /// As many people as are asked for, all from a group that nobody asked.
    func foreign(_ requirement: ApprovalRequirement, at now: Timestamp) -> ApprovalFacts {
        approval(requirement, at: now, [(strangers, Int64(approvers.count))])
    }

    private func approval(
        _ requirement: ApprovalRequirement, at now: Timestamp, _ counts: [(GroupID, Int64)]
    ) -> ApprovalFacts {
        let total = counts.reduce(0) { $0 + $1.1 }
        return ApprovalFacts(
            approvers: Array(approvers.prefix(Int(total))), perGroup: counts, count: total,
            assurance: requirement.assurance, approvedAt: now,
            approvedUntil: now.adding(seconds: requirement.voteSeconds), breakGlass: false)
    }
}
