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
        /// Where the signs of the next operand stand, and whether they are `!` or `-`.
        var signs: [Int] = []
        var sign = Token.Kind.not
        /// Relations do not chain.
        var hasRelation = false
        /// After `has`, `like` and `is` only `&&`, `||` or the end may follow.
        var isClosed = false
    }

    /// A bracket or conditional that is open, with what was pending around it.
    struct Frame {
        enum Kind {
            case parentheses, set, record
            /// Condition, then the value for true, then the other one.
            case conditional
            case call(ExtensionFunction)
            case method(Token, name: CedarString)
        }

        let kind: Kind
        let start: Int
        /// What was read of it so far.
        var items: [NodeIndex] = []
        /// The names of a record's attributes.
        var names: [Int32] = []
        var seen: Set<CedarString> = []
        var pending = Pending()
    }

    /// An expression up to the token that cannot belong to it.
    mutating func expression() throws(ParseFailure) -> NodeIndex {
        frames.removeAll(keepingCapacity: true)
        pending = Pending()
        // An operand is either read or was completed by a closing bracket.
        var completed: NodeIndex?
        while true {
            guard let base = if let known = completed { known } else { try operandStart() } else { continue }
            completed = nil
            guard let member = try suffixes(base) else { continue }
            pending.operands.append(try signed(member))
            try suffixRelations()
            if let next = try binaryOperator() {
                try reduce(downTo: next.precedence)
                pending.operators.append(next)
                continue
            }
            try reduce(downTo: 0)
            guard let whole = pending.operands.last else { throw unexpected("an expression was expected") }
            guard !frames.isEmpty else { return whole }
            completed = try close(with: whole)
        }
    }

    /// Turns to an inner expression.
    mutating func open(_ frame: Frame) throws(ParseFailure) {
        guard frames.count < ExpressionBuilder.maximumDepth else { throw ExpressionBuilder.tooDeep(at: current.start) }
        frames.append(frame)
        swap(&frames[frames.count - 1].pending, &pending)
    }

    /// Joins everything that binds at least as strongly.
    mutating func reduce(downTo precedence: Int) throws(ParseFailure) {
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
    private mutating func binaryOperator() throws(ParseFailure) -> Operator? {
        if let type = pendingType {
            pendingType = nil
            advance()
            return .isTypeIn(type: type)
        }
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
    private mutating func suffixRelations() throws(ParseFailure) {
        guard isKeyword("has") || isKeyword("like") || isKeyword("is") else { return }
        guard !pending.hasRelation else { throw relationsDoNotChain() }
        try reduce(downTo: 3)
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
                // The operator is not read as one, so that its right side follows like any other.
                pending.operands.append(left)
                pending.isClosed = false
                pendingType = type
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
