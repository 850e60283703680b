/// All expressions of one policy as a flat table, children before parents.
final class ExpressionTree: Sendable {
    let nodes: [ExpressionNode]
    /// Where each node stands in the policy text.
    let spans: [SourceSpan]
    let literals: [CedarValue]
    let names: [CedarString]
    /// Of each name.
    let nameKeys: [NameKey]
    let types: [EntityTypeName]
    let patterns: [LikePattern]
    let lists: [[NodeIndex]]

    init(_ builder: ExpressionBuilder) {
        nodes = builder.nodes
        spans = builder.spans
        literals = builder.literals
        names = builder.names
        nameKeys = builder.names.map { NameKey($0) }
        types = builder.types
        patterns = builder.patterns
        lists = builder.lists
    }

    /// A tree without nodes.
    static let nothing = ExpressionTree(ExpressionBuilder())

    /// Which nodes belong to the expressions with these roots. Chains that grew leave the nodes of their beginnings behind.
    func reachable(from roots: [NodeIndex]) -> [Bool] {
        var isReached = Array(repeating: false, count: nodes.count)
        var open = roots
        while let index = open.popLast() {
            isReached[Int(index)] = true
            open += nodes[Int(index)].children(self)
        }
        return isReached
    }

    private init(_ tree: ExpressionTree, nodes: [ExpressionNode], literals: [CedarValue]) {
        self.nodes = nodes
        self.literals = literals
        spans = tree.spans
        names = tree.names
        nameKeys = tree.nameKeys
        types = tree.types
        patterns = tree.patterns
        lists = tree.lists
    }

    /// The same tree with constant sets, records and extension values computed once. What would err stays as it is, so that
    /// it errs when and if it is reached.
    func folded() -> ExpressionTree {
        var (nodes, literals) = (nodes, literals)
        func constant(_ index: NodeIndex) -> CedarValue? {
            if case .literal(let literal) = nodes[Int(index)] { literals[Int(literal)] } else { nil }
        }
        func constants(_ list: Int32) -> [CedarValue]? {
            var values: [CedarValue] = []
            for operand in lists[Int(list)] {
                guard let value = constant(operand) else { return nil }
                values.append(value)
            }
            return values
        }
        for (index, node) in nodes.enumerated() {
            let value: CedarValue?
            switch node {
            case .set(let list): value = constants(list).map { .set(CedarSet($0)) }
            case .record(let list, let names):
                let members = constants(list).map { zip(lists[Int(names)], $0) }
                value = members.map { members in
                    .record(CedarRecord(members.map { CedarRecord.Member(name: self.names[Int($0)], value: $1) }))
                }
            case .call(let function, let list) where function.isConstructor:
                value = constants(list).flatMap { try? function.apply(to: $0) }
            default: continue
            }
            guard let value else { continue }
            nodes[index] = .literal(Int32(literals.count))
            literals.append(value)
        }
        return ExpressionTree(self, nodes: nodes, literals: literals)
    }
}
