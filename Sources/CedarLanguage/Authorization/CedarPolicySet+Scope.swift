/// Which parts of a policy's scope a request meets.
public struct CedarScopeMatch: Hashable, Sendable {
    /// The scope's demand of the principal is met.
    public let principal: Bool
    /// The scope's demand of the action is met.
    public let action: Bool
    /// The scope's demand of the resource is met.
    public let resource: Bool

    /// Only then are the clauses asked.
    public var isWhole: Bool { principal && action && resource }
}

extension CedarPolicySet {
    /// The scope by itself, whatever the clauses say: with `clauses`, what a person needs to understand an answer.
    public func scope(
        of policy: CedarPolicy, _ request: CedarRequest, _ entities: CedarEntities
    ) -> CedarScopeMatch {
        CedarScopeMatch(
            principal: CompiledPolicy.holds(policy.principal, request.principal, entities),
            action: CompiledPolicy.holds(policy.action, request.action, entities),
            resource: CompiledPolicy.holds(policy.resource, request.resource, entities))
    }
}
