/// Parses expressions: operators by precedence with explicit stacks, one stack frame per pair of brackets.
///
/// From weak to strong: `||`, `&&`, one relation, `+ -`, `*`, `! -`, then member access.
extension PolicyParser {
    enum Operator: Equatable {
        case chain(ChainLink)
        case binary(BinaryOperator)
        /// The `in` of `is T in e`.
        case isTypeIn(type: Int32)

        var precedence: Int {
            switch self {
            case .chain(.or): 1
            case .chain(.and): 2
            case .binary, .isTypeIn: 3
            case .chain(.add), .chain(.subtract): 4
            case .chain(.multiply): 5
            }
        }
    }

    /// The operands and operators of one expression that are not joined yet.
    struct Pending {
        var operands: [NodeIndex] = []
        var operators: [Operator] = []
        /// Relations do not chain.
        var hasRelation = false
        /// After `has`, `like` and `is` only `&&`, `||` or the end may follow.
        var isClosed = false
    }

    mutating func expression() throws(ParseFailure) -> NodeIndex {
        try enter()
        defer { depth -= 1 }
        if isKeyword("if") { return try conditional() }
        var pending = Pending()
        while true {
            pending.operands.append(try unary())
            try suffixRelations(&pending)
            guard let next = try binaryOperator(&pending) else { break }
            try reduce(&pending, downTo: next.precedence)
            pending.operators.append(next)
        }
        try reduce(&pending, downTo: 0)
        return pending.operands[0]
    }

    private mutating func conditional() throws(ParseFailure) -> NodeIndex {
        let start = current.start
        advance()
        let condition = try expression()
        try expectKeyword("then")
        let yes = try expression()
        try expectKeyword("else")
        let no = try expression()
        return try builder.add(
            .conditional(condition, yes, no), over: [condition, yes, no], at: SourceSpan(start: start, end: lastEnd))
    }

    /// Joins everything that binds at least as strongly.
    private mutating func reduce(_ pending: inout Pending, downTo precedence: Int) throws(ParseFailure) {
        while let last = pending.operators.last, last.precedence >= precedence {
            pending.operators.removeLast()
            let right = pending.operands.removeLast()
            let left = pending.operands.removeLast()
            let span = SourceSpan(start: builder.span(of: left).start, end: builder.span(of: right).end)
            let joined: NodeIndex
            switch last {
            case .chain(let link):
                joined = try builder.chain(link, left: left, right: right, at: span)
            case .binary(let name):
                joined = try builder.add(.binary(name, left, right), over: [left, right], at: span)
            case .isTypeIn(let type):
                joined = try builder.add(.isTypeIn(left, type: type, right), over: [left, right], at: span)
            }
            pending.operands.append(joined)
        }
    }

    /// The operator that follows, consumed; nil at the end of the expression.
    private mutating func binaryOperator(_ pending: inout Pending) throws(ParseFailure) -> Operator? {
        guard let found = try knownOperator() else { return nil }
        switch found.precedence {
        case 1, 2:
            pending.hasRelation = false
            pending.isClosed = false
        case 3:
            guard !pending.hasRelation else { throw relationsDoNotChain() }
            pending.hasRelation = true
        default:
            guard !pending.isClosed else { throw unexpected("an operator cannot follow here") }
        }
        advance()
        return found
    }

    private func knownOperator() throws(ParseFailure) -> Operator? {
        switch current.kind {
        case .or: return .chain(.or)
        case .and: return .chain(.and)
        case .plus: return .chain(.add)
        case .minus: return .chain(.subtract)
        case .star: return .chain(.multiply)
        case .equal: return .binary(.equal)
        case .notEqual: return .binary(.notEqual)
        case .less: return .binary(.less)
        case .lessOrEqual: return .binary(.lessOrEqual)
        case .greater: return .binary(.greater)
        case .greaterOrEqual: return .binary(.greaterOrEqual)
        case .identifier where isKeyword("in"): return .binary(.isIn)
        case .assign:
            throw ParseFailure(offset: current.start, message: "`=` is not an operator", hint: "compare with `==`")
        case .slash:
            throw ParseFailure(offset: current.start, message: "there is no division", hint: "multiply the other side")
        case .percent:
            throw ParseFailure(offset: current.start, message: "there is no remainder")
        default: return nil
        }
    }

    func relationsDoNotChain() -> ParseFailure {
        ParseFailure(
            offset: current.start, message: "relations do not chain",
            hint: "say with parentheses or && what is meant")
    }

    /// `has`, `like` and `is`, whose right sides are no expressions.
    private mutating func suffixRelations(_ pending: inout Pending) throws(ParseFailure) {
        guard isKeyword("has") || isKeyword("like") || isKeyword("is") else { return }
        guard !pending.hasRelation else { throw relationsDoNotChain() }
        try reduce(&pending, downTo: 3)
        let left = pending.operands.removeLast()
        let start = builder.span(of: left).start
        pending.hasRelation = true
        pending.isClosed = true
        if isKeyword("has") {
            advance()
            let names = try attributePath()
            let list = builder.list(names)
            let span = SourceSpan(start: start, end: lastEnd)
            pending.operands.append(try builder.add(.has(left, names: list), over: [left], at: span))
        } else if isKeyword("like") {
            advance()
            let pattern = try pattern()
            let span = SourceSpan(start: start, end: lastEnd)
            pending.operands.append(try builder.add(.like(left, pattern: pattern), over: [left], at: span))
        } else {
            advance()
            let type = builder.type(try typeName(after: "is"))
            if isKeyword("in") {
                advance()
                pending.operands.append(left)
                pending.operators.append(.isTypeIn(type: type))
                pending.isClosed = false
                pending.operands.append(try unary())
                if isKeyword("has") || isKeyword("like") || isKeyword("is") { throw relationsDoNotChain() }
                return
            }
            let span = SourceSpan(start: start, end: lastEnd)
            pending.operands.append(try builder.add(.isType(left, type: type), over: [left], at: span))
        }
    }

    /// `a.b.c` or `"any text"` after `has`.
    private mutating func attributePath() throws(ParseFailure) -> [Int32] {
        if current.kind == .string {
            let name = try stringLiteral()
            return [builder.name(name)]
        }
        var names = [builder.name(try attributeName())]
        while current.kind == .dot {
            advance()
            names.append(builder.name(try attributeName()))
        }
        return names
    }

    private mutating func pattern() throws(ParseFailure) -> Int32 {
        guard current.kind == .string else {
            throw unexpected("the right side of `like` is a pattern in quotation marks")
        }
        let units = try units(of: current, isPattern: true)
        advance()
        return builder.pattern(LikePattern(units))
    }
}
