/// A policy in the form in which it is evaluated.
struct CompiledPolicy: Sendable {
    let id: CedarString
    let effect: CedarEffect
    private let principal: ScopeConstraint
    private let action: ScopeConstraint
    private let resource: ScopeConstraint
    private let clauses: [(isUnless: Bool, program: Program)]

    init(_ policy: CedarPolicy) {
        id = policy.id
        effect = policy.effect
        principal = policy.principal
        action = policy.action
        resource = policy.resource
        let tree = policy.tree.folded()
        clauses = policy.conditions.map { ($0.isUnless, Program($0.root, of: tree)) }
    }

    /// Scope first, then the clauses in order; the first that does not hold ends it without error.
    func applies(_ machine: inout Machine) throws(EvaluationError) -> Bool {
        guard Self.holds(principal, machine.scope.request.principal, machine.scope.entities),
            Self.holds(action, machine.scope.request.action, machine.scope.entities),
            Self.holds(resource, machine.scope.request.resource, machine.scope.entities)
        else { return false }
        for clause in clauses {
            machine.load(clause.program)
            if try machine.runBool() == clause.isUnless { return false }
        }
        return true
    }

    static func holds(_ constraint: ScopeConstraint, _ uid: EntityUID, _ entities: CedarEntities) -> Bool {
        switch constraint {
        case .any: true
        case .equal(.entity(let other)): uid == other
        case .within(.entity(let other)): entities.isDescendant(uid, of: other)
        case .withinAny(let others): others.contains { entities.isDescendant(uid, of: $0) }
        case .isType(let type): uid.type == type
        case .isTypeWithin(let type, .entity(let other)): uid.type == type && entities.isDescendant(uid, of: other)
        // Only policies without slots are compiled.
        case .equal(.slot), .within(.slot), .isTypeWithin(_, .slot): false
        }
    }
}
