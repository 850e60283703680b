/// All expressions of one policy as a flat table, children before parents.
final class ExpressionTree: Sendable {
    let nodes: [ExpressionNode]
    /// Where each node stands in the policy text.
    let spans: [SourceSpan]
    let literals: [CedarValue]
    let names: [CedarString]
    let types: [EntityTypeName]
    let patterns: [LikePattern]
    let lists: [[NodeIndex]]

    init(_ builder: ExpressionBuilder) {
        nodes = builder.nodes
        spans = builder.spans
        literals = builder.literals
        names = builder.names
        types = builder.types
        patterns = builder.patterns
        lists = builder.lists
    }

    private init(_ tree: ExpressionTree, nodes: [ExpressionNode], literals: [CedarValue]) {
        self.nodes = nodes
        self.literals = literals
        spans = tree.spans
        names = tree.names
        types = tree.types
        patterns = tree.patterns
        lists = tree.lists
    }

    /// The same tree with constant sets, records and extension values computed once. What would err stays as it is, so that
    /// it errs when and if it is reached.
    func folded() -> ExpressionTree {
        var (nodes, literals) = (nodes, literals)
        let evaluator = Evaluator(tree: self, scope: .empty)
        for (index, node) in nodes.enumerated() {
            let operands: [NodeIndex]
            switch node {
            case .set(let list), .record(let list, _): operands = lists[Int(list)]
            case .call(let function, let list) where function.isConstructor: operands = lists[Int(list)]
            case .negate(let operand): operands = [operand]
            default: continue
            }
            let isConstant = operands.allSatisfy { if case .literal = nodes[Int($0)] { true } else { false } }
            guard isConstant, let value = try? evaluator.evaluate(NodeIndex(index)) else { continue }
            nodes[index] = .literal(Int32(literals.count))
            literals.append(value)
        }
        return ExpressionTree(self, nodes: nodes, literals: literals)
    }
}
