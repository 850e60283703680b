/// A policy in the form in which it is evaluated; one object, so that turning to it costs one reference count.
final class CompiledPolicy: Sendable {
    let id: CedarString
    let effect: CedarEffect
    private let scope: ScopeTests
    private let clauses: [(isUnless: Bool, program: Program)]

    init(_ policy: CedarPolicy, _ scope: ScopeTests) {
        id = policy.id
        effect = policy.effect
        self.scope = scope
        let tree = policy.tree.folded()
        clauses = policy.conditions.map { ($0.isUnless, Program($0.root, of: tree)) }
    }

    /// Scope first, then the clauses in order; the first that does not hold ends it without error.
    func applies(_ parts: RequestParts, _ machine: inout Machine) throws(EvaluationError) -> Bool {
        guard scope.hold(parts) else { return false }
        for index in clauses.indices {
            machine.load(clauses[index].program)
            if try machine.runBool() == clauses[index].isUnless { return false }
        }
        return true
    }
}

extension ScopeConstraint {
    /// The same for one constraint by itself, whose names are compared as they are.
    func holds(_ uid: EntityUID, _ entities: CedarEntities) -> Bool {
        switch self {
        case .any: true
        case .equal(.entity(let other)): uid == other
        case .within(.entity(let other)): entities.isDescendant(uid, of: other)
        case .withinAny(let others): others.contains { entities.isDescendant(uid, of: $0) }
        case .isType(let type): uid.type == type
        case .isTypeWithin(let type, .entity(let other)): uid.type == type && entities.isDescendant(uid, of: other)
        case .equal(.slot), .within(.slot), .isTypeWithin(_, .slot): false
        }
    }
}
