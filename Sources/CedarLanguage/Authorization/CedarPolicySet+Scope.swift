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
            principal: policy.principal.holds(request.principal, entities),
            action: policy.action.holds(request.action, entities),
            resource: policy.resource.holds(request.resource, entities))
    }
}
