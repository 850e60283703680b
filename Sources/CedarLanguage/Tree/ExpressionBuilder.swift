/// Collects the nodes of one policy while it is parsed.
struct ExpressionBuilder {
    /// How deep expressions may nest: small enough for the stack of any thread, far beyond what people write.
    static let maximumDepth = 100

    private(set) var nodes: [ExpressionNode] = []
    private(set) var spans: [SourceSpan] = []
    private(set) var literals: [CedarValue] = []
    private(set) var names: [CedarString] = []
    private(set) var types: [EntityTypeName] = []
    private(set) var patterns: [LikePattern] = []
    private(set) var lists: [[NodeIndex]] = []
    private var depths: [Int] = []
    private var nameIndices: [CedarString: Int32] = [:]

    func span(of index: NodeIndex) -> SourceSpan { spans[Int(index)] }
    func node(_ index: NodeIndex) -> ExpressionNode { nodes[Int(index)] }

    mutating func add(
        _ node: ExpressionNode, over children: [NodeIndex] = [], at span: SourceSpan
    ) throws(ParseFailure) -> NodeIndex {
        try add(node, depth: 1 + (children.map { depths[Int($0)] }.max() ?? 0), at: span)
    }

    private mutating func add(
        _ node: ExpressionNode, depth: Int, at span: SourceSpan
    ) throws(ParseFailure) -> NodeIndex {
        guard depth <= Self.maximumDepth else { throw Self.tooDeep(at: span.start) }
        guard nodes.count < Int(Int32.max) else {
            throw ParseFailure(offset: span.start, message: "this policy is too large")
        }
        nodes.append(node)
        spans.append(span)
        depths.append(depth)
        return NodeIndex(nodes.count - 1)
    }

    static func tooDeep(at offset: Int) -> ParseFailure {
        ParseFailure(
            offset: offset, message: "this expression is nested more than \(maximumDepth) levels deep",
            hint: "split it into several policies")
    }

    mutating func literal(_ value: CedarValue, at span: SourceSpan) throws(ParseFailure) -> NodeIndex {
        literals.append(value)
        return try add(.literal(Int32(literals.count - 1)), at: span)
    }

    mutating func name(_ name: CedarString) -> Int32 {
        if let known = nameIndices[name] { return known }
        names.append(name)
        nameIndices[name] = Int32(names.count - 1)
        return Int32(names.count - 1)
    }

    mutating func type(_ type: EntityTypeName) -> Int32 {
        types.append(type)
        return Int32(types.count - 1)
    }

    mutating func pattern(_ pattern: LikePattern) -> Int32 {
        patterns.append(pattern)
        return Int32(patterns.count - 1)
    }

    mutating func list(_ items: [NodeIndex]) -> Int32 {
        lists.append(items)
        return Int32(lists.count - 1)
    }

    /// A chain of one operator grows in place, whatever its length, and counts as one level.
    mutating func chain(
        _ link: ChainLink, left: NodeIndex, right: NodeIndex, at span: SourceSpan
    ) throws(ParseFailure) -> NodeIndex {
        let item = link == .subtract ? ~right : right
        let list: Int32
        var depth = 1 + max(depths[Int(left)], depths[Int(right)])
        switch (link, nodes[Int(left)]) {
        case (.and, .and(let known)), (.or, .or(let known)), (.add, .sum(let known)), (.subtract, .sum(let known)),
            (.multiply, .product(let known)):
            list = known
            lists[Int(known)].append(item)
            depth = max(depths[Int(left)], 1 + depths[Int(right)])
        default:
            list = self.list([left, item])
        }
        let node: ExpressionNode =
            switch link {
            case .and: .and(list: list)
            case .or: .or(list: list)
            case .add, .subtract: .sum(list: list)
            case .multiply: .product(list: list)
            }
        return try add(node, depth: depth, at: span)
    }
}

/// The operators whose left-associative chains become one node.
enum ChainLink {
    case and, or, add, subtract, multiply
}
