/// Finds the policies whose static scope can apply, so that the others cost nothing.
///
/// First by action, then by the most selective thing that the scope says: a named principal, a named resource, a type.
struct PolicyIndex: Sendable {
    private struct Shelf: Sendable {
        var byPrincipal: [EntityUID: [Int]] = [:]
        var byResource: [EntityUID: [Int]] = [:]
        var byPrincipalType: [EntityTypeName: [Int]] = [:]
        var byResourceType: [EntityTypeName: [Int]] = [:]
        var others: [Int] = []

        mutating func insert(_ policy: CedarPolicy, _ position: Int) {
            if let uid = PolicyIndex.name(policy.principal) {
                byPrincipal[uid, default: []].append(position)
            } else if let uid = PolicyIndex.name(policy.resource) {
                byResource[uid, default: []].append(position)
            } else if let type = PolicyIndex.type(policy.principal) {
                byPrincipalType[type, default: []].append(position)
            } else if let type = PolicyIndex.type(policy.resource) {
                byResourceType[type, default: []].append(position)
            } else {
                others.append(position)
            }
        }

        func collect(_ request: CedarRequest, _ entities: CedarEntities, into found: inout [Int]) {
            found += others
            if !byPrincipalType.isEmpty { found += byPrincipalType[request.principal.type] ?? [] }
            if !byResourceType.isEmpty { found += byResourceType[request.resource.type] ?? [] }
            PolicyIndex.collect(byPrincipal, request.principal, entities, into: &found)
            PolicyIndex.collect(byResource, request.resource, entities, into: &found)
        }
    }

    private var byAction: [EntityUID: Shelf] = [:]
    private var anyAction = Shelf()

    mutating func insert(_ policy: CedarPolicy, _ position: Int) {
        switch policy.action {
        case .equal(.entity(let uid)), .within(.entity(let uid)):
            byAction[uid, default: Shelf()].insert(policy, position)
        case .withinAny(let uids):
            for uid in Set(uids) { byAction[uid, default: Shelf()].insert(policy, position) }
        default: anyAction.insert(policy, position)
        }
    }

    /// Positions of the policies that can apply, ascending; one that lists several actions may stand there more than once.
    func candidates(_ request: CedarRequest, _ entities: CedarEntities) -> [Int] {
        var found: [Int] = []
        anyAction.collect(request, entities, into: &found)
        byAction[request.action]?.collect(request, entities, into: &found)
        for ancestor in entities.ancestors(of: request.action) {
            byAction[ancestor]?.collect(request, entities, into: &found)
        }
        if found.count > 1 { found.sort() }
        return found
    }

    private static func collect(
        _ table: [EntityUID: [Int]], _ uid: EntityUID, _ entities: CedarEntities, into found: inout [Int]
    ) {
        guard !table.isEmpty else { return }
        if let positions = table[uid] { found += positions }
        let ancestors = entities.ancestors(of: uid)
        // Whichever is smaller is gone through, the other one is asked.
        if table.count < ancestors.count {
            for (name, positions) in table where ancestors.contains(name) { found += positions }
        } else {
            for ancestor in ancestors { if let positions = table[ancestor] { found += positions } }
        }
    }

    private static func name(_ constraint: ScopeConstraint) -> EntityUID? {
        switch constraint {
        case .equal(.entity(let uid)), .within(.entity(let uid)), .isTypeWithin(_, .entity(let uid)): uid
        default: nil
        }
    }

    private static func type(_ constraint: ScopeConstraint) -> EntityTypeName? {
        switch constraint {
        case .isType(let type), .isTypeWithin(let type, _): type
        default: nil
        }
    }
}
