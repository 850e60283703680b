// Stand-in until the module arrives.
package import CanonicalEncoding
package import DomainModel

package struct PolicySet: Sendable {
    package let digest: Digest
    package let source: Text
    package init(source: Text, groups: Set<Text>?) throws { self.source = source; digest = Digest(domain: "countersign.policy.v1", .string(source)) }
    package func evaluate(_ facts: PolicyFacts) -> PolicyOutcome { .denied(kind: .noPermit, reasons: []) }
}
package enum DenialKind: Sendable { case policyError, forbidden, noPermit, unsatisfiable }
package enum PolicyOutcome: Sendable {
    case denied(kind: DenialKind, reasons: [PolicyReason])
    case allowed(tier: Tier, reasons: [PolicyReason])
    case needsApproval(ApprovalRequirement, reasons: [PolicyReason])
}
package struct PolicyFacts: Sendable {
    package struct Principal: Sendable { package init(id: AgentID, owner: PersonID, environment: Text?, groups: [GroupID], claims: [Text: Text]) {} }
    package struct Tool: Sendable { package init(reference: ToolReference, traits: RegisteredTool.Traits) {} }
    package struct Command: Sendable { package init(arguments: [Text]) {} }
    package struct Caller: Sendable { package init(proof: Text, shared: Bool, delegationDepth: Int64, task: Text?) {} }
    package init(principal: Principal, tool: Tool, resource: ResourceReference, environment: Text, input: JSONObject, command: Command?, caller: Caller, claimed: JSONObject, now: Timestamp, approval: ApprovalFacts?) {}
}
package struct ApprovalFacts: Sendable {
    package init(approvers: [PersonID], perGroup: [(GroupID, Int64)], count: Int64, assurance: Int64, approvedAt: Timestamp, approvedUntil: Timestamp, breakGlass: Bool) {}
}
