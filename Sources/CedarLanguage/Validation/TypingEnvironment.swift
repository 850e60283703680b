/// One combination for which a policy is checked: a type of principal, an action, a type of resource.
struct TypingEnvironment {
    let principal: EntityTypeIndex
    let action: ActionDefinition
    let resource: EntityTypeIndex
}

/// What a scope leaves over of the schema's combinations.
struct ScopeFilter {
    private let schema: ResolvedSchema
    private var hierarchy = TypeHierarchy()
    /// Of each action or group the actions below it, itself included.
    private var below: [EntityUID: [Int]] = [:]
    /// Of each action all groups above it, by uid.
    private(set) var groups: [EntityUID: Set<EntityUID>] = [:]
    /// Which types of actions can stand in groups of which types.
    private var actionTypes: [EntityTypeIndex: Set<EntityTypeIndex>] = [:]

    init(_ schema: ResolvedSchema) {
        self.schema = schema
        for (index, action) in schema.actions.enumerated() {
            var above: Set<EntityUID> = []
            var open = action.parents
            while let next = open.popLast() {
                guard above.insert(next).inserted, let group = schema.action(next) else { continue }
                open += group.parents
                actionTypes[action.type, default: []].insert(group.type)
            }
            groups[action.uid] = above
            below[action.uid, default: []].append(index)
            for group in above { below[group, default: []].append(index) }
        }
    }

    /// Whether an entity of the first type can be `in` one of the second.
    mutating func isDescendant(_ type: EntityTypeIndex, of ancestor: EntityTypeIndex) -> Bool {
        if type == ancestor { return true }
        if let above = actionTypes[type], above.contains(ancestor) { return true }
        return hierarchy.isDescendant(type, of: ancestor, in: schema)
    }

    /// Whether the action is the entity or stands in it.
    func isAction(_ action: EntityUID, in uid: EntityUID) -> Bool {
        action == uid || groups[action]?.contains(uid) == true
    }

    /// The combinations that a policy's scope allows, each once.
    mutating func environments(for policy: CedarPolicy) -> [TypingEnvironment] {
        var environments: [TypingEnvironment] = []
        for index in actions(policy.action) {
            let action = schema.actions[index]
            let principals = types(action.principals, policy.principal)
            guard !principals.isEmpty else { continue }
            let resources = types(action.resources, policy.resource)
            for principal in principals {
                for resource in resources {
                    environments.append(
                        TypingEnvironment(principal: principal, action: action, resource: resource))
                }
            }
        }
        return environments
    }

    private func actions(_ constraint: ScopeConstraint) -> [Int] {
        switch constraint {
        case .equal(.entity(let uid)): schema.actionIndices[uid].map { [$0] } ?? []
        case .within(.entity(let uid)): below[uid] ?? []
        case .withinAny(let uids): Set(uids.flatMap { below[$0] ?? [] }).sorted()
        default: Array(schema.actions.indices)
        }
    }

    private mutating func types(_ types: [EntityTypeIndex], _ constraint: ScopeConstraint) -> [EntityTypeIndex] {
        var found: [EntityTypeIndex] = []
        for type in types where !found.contains(type) {
            if holds(type, constraint) { found.append(type) }
        }
        return found
    }

    private mutating func holds(_ type: EntityTypeIndex, _ constraint: ScopeConstraint) -> Bool {
        switch constraint {
        case .any, .equal(.slot), .within(.slot): true
        case .equal(.entity(let uid)): schema.index(of: uid.type) == type
        case .within(.entity(let uid)): isDescendant(type, of: uid)
        case .withinAny(let uids): uids.contains { isDescendant(type, of: $0) }
        case .isType(let name), .isTypeWithin(let name, .slot): schema.index(of: name) == type
        case .isTypeWithin(let name, .entity(let uid)):
            schema.index(of: name) == type && isDescendant(type, of: uid)
        }
    }

    private mutating func isDescendant(_ type: EntityTypeIndex, of uid: EntityUID) -> Bool {
        guard let ancestor = schema.index(of: uid.type) else { return false }
        return isDescendant(type, of: ancestor)
    }
}
