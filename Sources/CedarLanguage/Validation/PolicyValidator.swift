/// Validates one policy after another against a schema.
struct PolicyValidator {
    private let schema: ResolvedSchema
    private var checker: TypeChecker
    private let level: Int?

    init(_ schema: ResolvedSchema, mode: ValidationMode, level: Int?) {
        self.schema = schema
        self.level = level
        checker = TypeChecker(schema, isStrict: mode == .strict, keepsTypes: level != nil)
    }

    /// What is wrong with a policy, each thing once, and whether it can never apply.
    mutating func problems(of policy: CedarPolicy) -> (errors: [ValidationProblem], isImpossible: Bool) {
        checker.load(policy.tree)
        let hasUnknownName = reportNames(of: policy)
        reportScopeSets(of: policy)
        let environments = checker.filter.environments(for: policy)
        if environments.isEmpty, !hasUnknownName {
            report(
                .noApplicableAction, policy.scopeSpan, "no action applies to these principals and resources",
                hint: "compare the scope with appliesTo of the action")
        }
        if let level { checker.checkScopeLevel(of: policy, level) }
        var isImpossible = true
        for environment in environments {
            let type = checker.type(of: policy.conditions, in: environment)
            if let level { checker.checkLevel(level) }
            if type != TypeTable.alwaysFalse { isImpossible = false }
        }
        var seen: Set<ValidationProblem> = []
        let unique = checker.problems.filter { seen.insert($0).inserted }
        return (unique, isImpossible && unique.isEmpty)
    }

    private mutating func report(_ kind: ValidationKind, _ span: SourceSpan, _ message: String, hint: String? = nil) {
        checker.problems.append(ValidationProblem(kind: kind, span: span, message: message, hint: hint))
    }

    // MARK: Names

    /// Reports types, actions and enumerated ids that the schema does not have, wherever they stand.
    private mutating func reportNames(of policy: CedarPolicy) -> Bool {
        let before = checker.problems.count
        let (scope, places) = ([policy.principal, policy.action, policy.resource], policy.places)
        for (constraint, place) in zip(scope, [places.principal, places.action, places.resource]) {
            for (position, uid) in constraint.entities.enumerated() { reportEntity(uid, place.entity(position)) }
            if let type = constraint.type { reportType(type, place.type ?? place.whole) }
        }
        let tree = policy.tree
        for (node, span) in zip(tree.nodes, tree.spans) {
            switch node {
            case .literal(let literal):
                if case .entity(let uid) = tree.literals[Int(literal)] { reportEntity(uid, span) }
            case .isType(_, let type), .isTypeIn(_, let type, _): reportType(tree.types[Int(type)], span)
            default: break
            }
        }
        return checker.problems.count > before
    }

    private mutating func reportEntity(_ uid: EntityUID, _ span: SourceSpan) {
        if uid.type.basename == "Action" {
            guard schema.action(uid) == nil else { return }
            let ids = schema.actions.filter { $0.uid.type == uid.type }.map(\.uid.id)
            let nearest = Spelling.nearest(to: uid.id, among: ids)
            report(
                .unknownAction, span, "the schema has no action \(uid)",
                hint: nearest.map { "do you mean \(EntityUID(type: uid.type, id: $0))?" })
            return
        }
        guard let index = schema.index(of: uid.type) else {
            reportType(uid.type, span)
            return
        }
        guard let choices = schema.definition(index).choices, !choices.contains(uid.id) else { return }
        report(
            .unknownEntityID, span, "\(uid) is none of the entities of its type",
            hint: "known are "
                + choices.sorted().prefix(8).map { StringEscapes.quoted($0.string) }.joined(separator: ", "))
    }

    private mutating func reportType(_ type: EntityTypeName, _ span: SourceSpan) {
        // Types of actions are known by their actions; `is` with another one is just never true.
        guard type.basename != "Action", schema.index(of: type) == nil else { return }
        let nearest = Spelling.nearest(to: type.name, among: schema.entities.map(\.name.name))
        report(
            .unknownEntityType, span, "the schema has no entity type \(type)",
            hint: nearest.map { "do you mean \($0)?" })
    }

    /// `action in [...]` is a set like any other.
    private mutating func reportScopeSets(of policy: CedarPolicy) {
        guard case .withinAny(let uids) = policy.action, checker.isStrict else { return }
        if uids.isEmpty {
            report(
                .emptySet, policy.places.action.whole, "the list of actions is empty",
                hint: "name the actions, or all with `action`")
        }
        if let first = uids.first, let other = uids.first(where: { $0.type != first.type }) {
            report(
                .incompatibleTypes, policy.places.action.whole,
                "the actions have the types \(first.type) and \(other.type)",
                hint: "write a policy for each, or put the actions in one group")
        }
    }
}

extension CedarPolicy {
    /// From the first part of the scope to the last one.
    fileprivate var scopeSpan: SourceSpan {
        SourceSpan(start: places.principal.whole.start, end: places.resource.whole.end)
    }
}

extension ScopeConstraint {
    /// The entities that it names.
    var entities: [EntityUID] {
        switch self {
        case .equal(.entity(let uid)), .within(.entity(let uid)), .isTypeWithin(_, .entity(let uid)): [uid]
        case .withinAny(let uids): uids
        default: []
        }
    }

    /// The type that it tests.
    var type: EntityTypeName? {
        switch self {
        case .isType(let type), .isTypeWithin(let type, _): type
        default: nil
        }
    }
}
