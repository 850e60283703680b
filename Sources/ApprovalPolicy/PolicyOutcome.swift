package import DomainModel

/// Why policy says no.
package enum DenialKind: String, Sendable, Hashable, CaseIterable {
    /// A forbidding rule could not be evaluated. Cedar would skip it; here that never opens anything.
    case policyError
    /// A hard rule forbids.
    case forbidden
    /// No rule permits.
    case noPermit
    /// People are asked for, but even the best approval would not help.
    case unsatisfiable
}

/// What policy says about an action (`policy.md`, "Tiers").
package enum PolicyOutcome: Sendable, Hashable {
    case denied(kind: DenialKind, reasons: [PolicyReason])
    /// `auto`, or `review` when somebody is to look at the execution afterwards.
    case allowed(tier: Tier, reasons: [PolicyReason])
    case needsApproval(ApprovalRequirement, reasons: [PolicyReason])
}
