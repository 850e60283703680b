import CanonicalEncoding
import CedarLanguage
import DomainModel

/// What the annotations of a policy mean.
struct Rule: Sendable {
    enum Tier: Sendable {
        /// A permit: at once, with or without a look afterwards.
        case permit(isReviewed: Bool)
        /// A forbid that nothing lifts.
        case hard
        /// A forbid that people lift.
        case approval(Demand)
    }

    /// `@id`, or the policy's place in the text.
    let name: Text
    let tier: Tier
    /// `@reason`, or a sentence that says as much as is known.
    let reason: Text
    /// `@on_violation`.
    let onViolation: Set<ViolationFreeze>
}

/// What an approval rule asks of people.
struct Demand: Sendable {
    var groups: [GroupID] = []
    /// Of each group.
    var quorum: Int64 = 1
    var voteSeconds: Int64 = 15 * 60
    var assurance: Int64 = 1
    var criteria: [Text] = []
    var waitSeconds: Int64 = 24 * 3600
    var ownerMayApprove = false

    /// The merged requirement: every group with its largest quorum, the shortest times, the highest assurance, every
    /// criterion; the owner only where each rule allows it.
    static func merge(_ demands: [Demand]) -> ApprovalRequirement? {
        guard let first = demands.first else { return nil }
        var quorums: [GroupID: Int64] = [:]
        var merged = first
        merged.criteria = []
        for demand in demands {
            for group in demand.groups { quorums[group] = max(quorums[group] ?? 0, demand.quorum) }
            merged.voteSeconds = min(merged.voteSeconds, demand.voteSeconds)
            merged.waitSeconds = min(merged.waitSeconds, demand.waitSeconds)
            merged.assurance = max(merged.assurance, demand.assurance)
            merged.ownerMayApprove = merged.ownerMayApprove && demand.ownerMayApprove
            for criterion in demand.criteria where !merged.criteria.contains(criterion) {
                merged.criteria.append(criterion)
            }
        }
        let groups = quorums.sorted { $0.key < $1.key }
        return ApprovalRequirement(
            groups: groups.map { ApprovalRequirement.Group(name: $0.key, quorum: $0.value) },
            voteSeconds: merged.voteSeconds, assurance: merged.assurance, criteria: merged.criteria,
            waitSeconds: merged.waitSeconds, ownerMayApprove: merged.ownerMayApprove)
    }
}
