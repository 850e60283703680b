/// Collects the nodes of one policy while it is parsed.
struct ExpressionBuilder {
    /// How deep expressions may nest, far beyond what people write.
    static let maximumDepth = 500
    /// How deep sets and records may nest: comparing and freeing values recurses, also on the smallest stack.
    static let maximumValueDepth = 32

    private(set) var nodes: [ExpressionNode] = []
    private(set) var spans: [SourceSpan] = []
    private(set) var literals: [CedarValue] = []
    private(set) var names: [CedarString] = []
    private(set) var types: [EntityTypeName] = []
    private(set) var patterns: [LikePattern] = []
    private(set) var lists: [[NodeIndex]] = []
    /// Of each node: levels below it, and those of sets and records among them.
    private var depths: [(all: Int, values: Int)] = []
    private var nameIndices: [CedarString: Int32] = [:]

    func span(of index: NodeIndex) -> SourceSpan { spans[Int(index)] }
    func node(_ index: NodeIndex) -> ExpressionNode { nodes[Int(index)] }

    mutating func add(
        _ node: ExpressionNode, over children: [NodeIndex] = [], at span: SourceSpan
    ) throws(ParseFailure) -> NodeIndex {
        var (all, values) = (1, 0)
        for child in children {
            all = max(all, depths[Int(child)].all + 1)
            values = max(values, depths[Int(child)].values)
        }
        switch node {
        case .set, .record: values += 1
        default: break
        }
        return try add(node, depth: (all, values), at: span)
    }

    private mutating func add(
        _ node: ExpressionNode, depth: (all: Int, values: Int), at span: SourceSpan
    ) throws(ParseFailure) -> NodeIndex {
        guard depth.all <= Self.maximumDepth else { throw Self.tooDeep(at: span.start) }
        guard depth.values <= Self.maximumValueDepth else {
            throw ParseFailure(
                offset: span.start,
                message: "sets and records are nested more than \(Self.maximumValueDepth) levels deep")
        }
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
        let (first, second) = (depths[Int(left)], depths[Int(right)])
        var depth = (all: 1 + max(first.all, second.all), values: max(first.values, second.values))
        switch (link, nodes[Int(left)]) {
        case (.and, .and(let known)), (.or, .or(let known)), (.add, .sum(let known)), (.subtract, .sum(let known)),
            (.multiply, .product(let known)):
            list = known
            lists[Int(known)].append(item)
            depth.all = max(first.all, 1 + second.all)
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
