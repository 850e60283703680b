/// What one clause of a policy says by itself, whatever scope and other clauses say.
public struct CedarClauseOutcome: Sendable {
    /// An `unless` holds when its expression is false.
    public let isUnless: Bool
    /// Where the clause stands.
    public let span: SourceSpan
    /// The expression's value, or why it has none.
    public let result: Result<Bool, EvaluationError>
    /// What the clause looks at.
    public let reads: CedarReads

    /// Whether the clause lets the policy apply; nil when it errs.
    public var holds: Bool? {
        if case .success(let value) = result { value != isUnless } else { nil }
    }
}

/// What an expression looks at.
public struct CedarReads: Hashable, Sendable {
    /// Attributes read directly from the context.
    public var context: Set<CedarString> = []
    /// The context is used in another way than by an attribute's name.
    public var isContextUsedWhole = false
    /// The variables it names, `context` included.
    public var variables: Set<CedarVariable> = []

    init(_ root: NodeIndex, of tree: ExpressionTree) {
        var open = [root]
        var contextUses = 0
        while let index = open.popLast() {
            let node = tree.nodes[Int(index)]
            open += node.children(tree)
            switch node {
            case .variable(let variable):
                variables.insert(variable)
                if variable == .context { contextUses += 1 }
            case .attribute(let base, let name) where tree.isContext(base):
                contextUses -= 1
                context.insert(tree.names[Int(name)])
            case .has(let base, let names) where tree.isContext(base):
                contextUses -= 1
                if let first = tree.lists[Int(names)].first { context.insert(tree.names[Int(first)]) }
            default: break
            }
        }
        isContextUsedWhole = contextUses > 0
    }
}

extension ExpressionTree {
    func isContext(_ index: NodeIndex) -> Bool { nodes[Int(index)] == .variable(.context) }
}

extension ExpressionNode {
    /// The nodes directly below.
    func children(_ tree: ExpressionTree) -> [NodeIndex] {
        switch self {
        case .literal, .variable: []
        case .and(let list), .or(let list), .product(let list), .set(let list), .record(let list, _),
            .call(_, let list):
            tree.lists[Int(list)]
        case .sum(let list): tree.lists[Int(list)].map { $0 < 0 ? ~$0 : $0 }
        case .not(let operand), .negate(let operand), .isType(let operand, _), .has(let operand, _),
            .attribute(let operand, _), .like(let operand, _), .isEmpty(let operand):
            [operand]
        case .conditional(let condition, let yes, let no): [condition, yes, no]
        case .binary(_, let left, let right), .isTypeIn(let left, _, let right): [left, right]
        }
    }
}

extension CedarPolicySet {
    /// Every clause of a policy by itself: what a person needs to understand an answer, and a lint to test a rule.
    public func clauses(
        of policy: CedarPolicy, _ request: CedarRequest, _ entities: CedarEntities
    ) -> [CedarClauseOutcome] {
        var machine = Machine(EvaluationScope(request: request, entities: entities))
        return policy.conditions.map { condition in
            machine.load(Program(condition.root, of: policy.tree))
            let result: Result<Bool, EvaluationError>
            do throws(EvaluationError) {
                result = .success(try machine.runBool())
            } catch {
                result = .failure(error)
            }
            return CedarClauseOutcome(
                isUnless: condition.isUnless, span: condition.span, result: result,
                reads: CedarReads(condition.root, of: policy.tree))
        }
    }
}

extension CedarPolicy {
    /// What its clauses look at.
    public var reads: [CedarReads] { conditions.map { CedarReads($0.root, of: tree) } }
}
