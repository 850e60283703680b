/// What is known about an expression: its type, and what may be read once it is true.
struct Typing {
    /// Nil when it has none, which has been reported.
    var type: TypeID?
    /// Numbers of capabilities, ascending: attributes and tags that are there when the expression is true.
    var gains: [Int32] = []
}

/// Finds the types of expressions in one environment after another, without recursion.
struct TypeChecker {
    let schema: ResolvedSchema
    let isStrict: Bool
    var types: TypeTable
    var filter: ScopeFilter
    /// What was found in the policy so far.
    var problems: [ValidationProblem] = []

    private(set) var tree: ExpressionTree = .nothing
    private(set) var environment: TypingEnvironment?
    private var numbering = ExpressionNumbering(.nothing)
    private var capabilities: [Capability: Int32] = [:]
    private var frames: [Frame] = []
    private let keepsTypes: Bool
    /// Of each node that was reached in the environment that was checked last; -1 for the others. Empty unless it is asked for.
    private(set) var nodeTypes: [TypeID] = []

    private struct Capability: Hashable {
        let expression: Int32
        let name: Int32
        let isTag: Bool
    }

    /// An expression that is being worked on.
    struct Frame {
        let node: NodeIndex
        let prior: [Int32]
        let operands: [NodeIndex]
        /// Of the operands so far.
        var outcomes: [Typing] = []
        /// Of a chain so far.
        var joined = Typing(type: nil)
    }

    enum Step {
        case visit(NodeIndex, prior: [Int32])
        case done(Typing)
    }

    init(_ schema: ResolvedSchema, isStrict: Bool, keepsTypes: Bool = false) {
        self.schema = schema
        self.isStrict = isStrict
        self.keepsTypes = keepsTypes
        types = schema.types
        filter = ScopeFilter(schema)
    }

    /// Turns to another policy.
    mutating func load(_ tree: ExpressionTree) {
        self.tree = tree
        numbering = ExpressionNumbering(tree)
        capabilities = [:]
        problems = []
    }

    /// The type of all conditions together; nil when one has none. False means that the policy cannot apply.
    mutating func type(of conditions: [CedarCondition], in environment: TypingEnvironment) -> TypeID? {
        self.environment = environment
        if keepsTypes { nodeTypes = Array(repeating: -1, count: tree.nodes.count) }
        var all = Typing(type: TypeTable.alwaysTrue)
        for condition in conditions {
            var typing = check(condition.root, prior: all.gains)
            guard let type = bool(typing, condition.root) else { return nil }
            typing.type = type
            if condition.isUnless { typing = Typing(type: TypeTable.negation(of: type)) }
            all = Self.and(all, typing)
            if all.type == TypeTable.alwaysFalse { break }
        }
        return all.type
    }

    private mutating func check(_ root: NodeIndex, prior: [Int32]) -> Typing {
        frames.removeAll(keepingCapacity: true)
        push(root, prior)
        var finished: Typing?
        while !frames.isEmpty {
            switch advance(finished) {
            case .visit(let node, let prior):
                push(node, prior)
                finished = nil
            case .done(let typing):
                let frame = frames.removeLast()
                if keepsTypes { nodeTypes[Int(frame.node)] = typing.type ?? -1 }
                finished = typing
            }
        }
        return finished ?? Typing(type: nil)
    }

    private mutating func push(_ node: NodeIndex, _ prior: [Int32]) {
        let operands = tree.nodes[Int(node)].children(tree)
        frames.append(Frame(node: node, prior: prior, operands: operands))
    }

    private mutating func advance(_ finished: Typing?) -> Step {
        let top = frames.count - 1
        if let finished { frames[top].outcomes.append(finished) }
        switch tree.nodes[Int(frames[top].node)] {
        case .and: return chain(isAnd: true)
        case .or: return chain(isAnd: false)
        case .conditional: return conditional()
        case .isTypeIn(let operand, let type, let right): return isTypeIn(operand, type, right)
        default: break
        }
        let frame = frames[top]
        guard frame.outcomes.count < frame.operands.count else { return .done(conclude(frame)) }
        return .visit(frame.operands[frame.outcomes.count], prior: frame.prior)
    }

    // MARK: Control flow

    private mutating func chain(isAnd: Bool) -> Step {
        let top = frames.count - 1
        let frame = frames[top]
        let count = frame.outcomes.count
        let ends = isAnd ? TypeTable.alwaysFalse : TypeTable.alwaysTrue
        if var last = frame.outcomes.last {
            guard let type = bool(last, frame.operands[count - 1]) else { return .done(Typing(type: nil)) }
            last.type = type
            let joined =
                if count == 1 { last } else { isAnd ? Self.and(frame.joined, last) : Self.or(frame.joined, last) }
            if joined.type == ends { return .done(isAnd ? Typing(type: ends) : joined) }
            guard count < frame.operands.count else { return .done(joined) }
            frames[top].joined = joined
        }
        let prior = isAnd ? Self.union(frame.prior, frames[top].joined.gains) : frame.prior
        return .visit(frame.operands[count], prior: prior)
    }

    private static func and(_ left: Typing, _ right: Typing) -> Typing {
        if right.type == TypeTable.alwaysFalse { return Typing(type: TypeTable.alwaysFalse) }
        let type =
            left.type == TypeTable.alwaysTrue
            ? right.type : (right.type == TypeTable.alwaysTrue ? left.type : TypeTable.bool)
        return Typing(type: type, gains: union(left.gains, right.gains))
    }

    private static func or(_ left: Typing, _ right: Typing) -> Typing {
        if left.type == TypeTable.alwaysFalse { return right }
        if right.type == TypeTable.alwaysFalse { return left }
        if right.type == TypeTable.alwaysTrue { return right }
        return Typing(type: TypeTable.bool, gains: intersection(left.gains, right.gains))
    }

    private mutating func conditional() -> Step {
        let frame = frames[frames.count - 1]
        guard var condition = frame.outcomes.first else { return .visit(frame.operands[0], prior: frame.prior) }
        guard let test = bool(condition, frame.operands[0]) else { return .done(Typing(type: nil)) }
        condition.type = test
        if test == TypeTable.alwaysFalse {
            guard frame.outcomes.count > 1 else { return .visit(frame.operands[2], prior: frame.prior) }
            return .done(frame.outcomes[1])
        }
        guard frame.outcomes.count > 1 else {
            return .visit(frame.operands[1], prior: Self.union(frame.prior, condition.gains))
        }
        let yes = Typing(type: frame.outcomes[1].type, gains: Self.union(condition.gains, frame.outcomes[1].gains))
        if test == TypeTable.alwaysTrue { return .done(yes) }
        guard frame.outcomes.count > 2 else { return .visit(frame.operands[2], prior: frame.prior) }
        let no = frame.outcomes[2]
        guard let first = yes.type, let second = no.type else { return .done(Typing(type: nil)) }
        guard let type = types.join(first, second, isStrict: isStrict) else {
            report(
                .incompatibleTypes, frame.node,
                "the values of then and else have the types \(describe(first)) and \(describe(second))",
                hint: "make both branches of one type")
            return .done(Typing(type: nil))
        }
        return .done(Typing(type: type, gains: Self.intersection(yes.gains, no.gains)))
    }

    /// `e is T && e in x`.
    private mutating func isTypeIn(_ operand: NodeIndex, _ type: Int32, _ right: NodeIndex) -> Step {
        let frame = frames[frames.count - 1]
        guard let left = frame.outcomes.first else { return .visit(operand, prior: frame.prior) }
        let test = isType(left, type, operand)
        guard let known = test.type, known != TypeTable.alwaysFalse else { return .done(test) }
        guard frame.outcomes.count > 1 else { return .visit(right, prior: frame.prior) }
        let isIn = membership(left, frame.outcomes[1], (operand, right))
        guard isIn.type != nil else { return .done(isIn) }
        return .done(Self.and(test, isIn))
    }

    // MARK: Capabilities

    /// Both lists ascend.
    static func union(_ left: [Int32], _ right: [Int32]) -> [Int32] {
        if left.isEmpty || left == right { return right }
        if right.isEmpty { return left }
        var merged: [Int32] = []
        merged.reserveCapacity(left.count + right.count)
        var (first, second) = (0, 0)
        while first < left.count, second < right.count {
            let (one, other) = (left[first], right[second])
            merged.append(min(one, other))
            if one <= other { first += 1 }
            if other <= one { second += 1 }
        }
        return merged + left[first...] + right[second...]
    }

    static func intersection(_ left: [Int32], _ right: [Int32]) -> [Int32] {
        if left.isEmpty || right.isEmpty { return [] }
        let known = Set(right)
        return left == right ? left : left.filter(known.contains)
    }

    private mutating func capability(_ key: Capability) -> Int32 {
        if let known = capabilities[key] { return known }
        let number = Int32(capabilities.count)
        capabilities[key] = number
        return number
    }

    /// The number of an expression, equal for equal expressions.
    mutating func number(of node: NodeIndex) -> Int32 { numbering.number(of: node) }

    /// The number of an attribute's expression.
    mutating func number(of name: Int32, in base: Int32) -> Int32 { numbering.attribute(name, of: base) }

    /// That the attribute of an expression is there.
    mutating func attributeCapability(_ name: Int32, of base: Int32) -> Int32 {
        capability(Capability(expression: base, name: name, isTag: false))
    }

    /// That an expression has the tag that another one names.
    mutating func tagCapability(_ tag: NodeIndex, of base: NodeIndex) -> Int32 {
        capability(Capability(expression: number(of: base), name: number(of: tag), isTag: true))
    }

    // MARK: Problems

    mutating func report(_ kind: ValidationKind, _ node: NodeIndex, _ message: String, hint: String? = nil) {
        problems.append(
            ValidationProblem(kind: kind, span: tree.spans[Int(node)], message: message, hint: hint))
    }

    func describe(_ type: TypeID) -> String { schema.describe(type, types) }
}

extension TypeTable {
    static func negation(of type: TypeID) -> TypeID {
        switch type {
        case alwaysTrue: alwaysFalse
        case alwaysFalse: alwaysTrue
        default: type
        }
    }
}
