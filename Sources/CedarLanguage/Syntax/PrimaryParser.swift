/// Parses what stands between operators: signs, member access, literals, calls, sets, records.
extension PolicyParser {
    /// Reads up to a complete primary. Nil when a bracket or conditional was opened instead: its content comes next.
    mutating func operandStart() throws(ParseFailure) -> NodeIndex? {
        let isFirst = pending.operands.isEmpty && pending.signs.isEmpty
        if isFirst, isKeyword("if") {
            let start = current.start
            advance()
            try open(Frame(kind: .conditional, start: start))
            return nil
        }
        try readSigns()
        return try primary()
    }

    /// Up to four `!` or four `-`, not mixed.
    private mutating func readSigns() throws(ParseFailure) {
        pending.sign = current.kind
        guard current.kind == .not || current.kind == .minus else { return }
        while current.kind == pending.sign {
            pending.signs.append(current.start)
            guard pending.signs.count <= 4 else {
                throw unexpected("there are too many signs here", hint: "four are the limit; use parentheses")
            }
            advance()
        }
    }

    /// The operand under its signs.
    mutating func signed(_ member: NodeIndex) throws(ParseFailure) -> NodeIndex {
        var operand = member
        for start in pending.signs.reversed() {
            let node: ExpressionNode = pending.sign == .not ? .not(operand) : .negate(operand)
            operand = try builder.add(node, over: [operand], at: SourceSpan(start: start, end: lastEnd))
        }
        pending.signs = []
        return operand
    }

    /// Any number of `.name`, `.method(…)` and `["name"]`. Nil when the arguments of a method come next.
    mutating func suffixes(_ primary: NodeIndex) throws(ParseFailure) -> NodeIndex? {
        var base = primary
        while true {
            if current.kind == .dot {
                advance()
                guard let member = try access(base) else { return nil }
                base = member
            } else if current.kind == .leftBracket {
                advance()
                guard current.kind == .string else {
                    throw unexpected("an attribute's name in quotation marks was expected")
                }
                let name = builder.name(try stringLiteral())
                try expect(.rightBracket, "]")
                base = try builder.add(.attribute(base, name: name), over: [base], at: span(from: base))
            } else {
                return base
            }
        }
    }

    private func span(from index: NodeIndex) -> SourceSpan {
        SourceSpan(start: builder.span(of: index).start, end: lastEnd)
    }

    private mutating func access(_ base: NodeIndex) throws(ParseFailure) -> NodeIndex? {
        let token = current
        let name = try attributeName()
        guard current.kind == .leftParenthesis else {
            let index = builder.name(name)
            return try builder.add(.attribute(base, name: index), over: [base], at: span(from: base))
        }
        advance()
        if current.kind == .rightParenthesis {
            advance()
            return try method(name, over: [base], at: token)
        }
        try open(Frame(kind: .method(token, name: name), start: token.start, items: [base]))
        return nil
    }

    mutating func method(
        _ name: CedarString, over operands: [NodeIndex], at token: Token
    ) throws(ParseFailure) -> NodeIndex {
        if let node = try builtIn(name, over: operands, at: token) {
            return try builder.add(node, over: operands, at: span(from: operands[0]))
        }
        guard let function = ExtensionFunction.named(name) else {
            throw ParseFailure(offset: token.start, message: "there is no method `\(name)`")
        }
        guard !function.isConstructor else {
            throw ParseFailure(
                offset: token.start, message: "`\(name)` is a function, not a method", hint: "write \(name)(…)")
        }
        let list = builder.list(operands)
        return try builder.add(.call(function, list: list), over: operands, at: span(from: operands[0]))
    }

    private func builtIn(
        _ name: CedarString, over operands: [NodeIndex], at token: Token
    ) throws(ParseFailure) -> ExpressionNode? {
        let isEmpty = name == "isEmpty"
        let found = Self.methods[name]
        guard isEmpty || found != nil else { return nil }
        let count = operands.count - 1
        guard count == (isEmpty ? 0 : 1) else {
            throw ParseFailure(
                offset: token.start,
                message: "`\(name)` takes \(isEmpty ? "no argument" : "one argument"), not \(count)")
        }
        guard let found else { return .isEmpty(operands[0]) }
        return .binary(found, operands[0], operands[1])
    }

    private static let methods: [CedarString: BinaryOperator] = [
        "contains": .contains, "containsAll": .containsAll, "containsAny": .containsAny, "hasTag": .hasTag,
        "getTag": .getTag,
    ]

    private mutating func primary() throws(ParseFailure) -> NodeIndex? {
        let token = current
        let span = SourceSpan(start: token.start, end: token.end)
        switch token.kind {
        case .integer: return try number()
        case .string:
            let value = try stringLiteral()
            return try builder.literal(.string(value), at: span)
        case .identifier: return try named()
        case .leftParenthesis:
            advance()
            try open(Frame(kind: .parentheses, start: token.start))
            return nil
        case .leftBracket:
            advance()
            guard current.kind == .rightBracket else {
                try open(Frame(kind: .set, start: token.start))
                return nil
            }
            advance()
            return try set([], from: token.start)
        case .leftBrace: return try recordStart()
        case .slot:
            throw ParseFailure(
                offset: token.start, message: "a slot cannot stand in a condition",
                hint: "slots belong into the scope, after `principal ==` or `resource in`")
        default: throw unexpected("an expression was expected")
        }
    }

    /// A number; the sign before it belongs to it, since the smallest one has no positive counterpart.
    private mutating func number() throws(ParseFailure) -> NodeIndex {
        let token = current
        let isSigned = pending.sign == .minus && ![.dot, .leftBracket].contains(following.kind)
        let sign = isSigned ? pending.signs.popLast() : nil
        guard let value = Int64((sign == nil ? "" : "-") + text(of: token)) else {
            throw ParseFailure(
                offset: token.start, message: "this number does not fit 64 bits",
                hint: "numbers lie between -9223372036854775808 and 9223372036854775807")
        }
        advance()
        return try builder.literal(.long(value), at: SourceSpan(start: sign ?? token.start, end: token.end))
    }

    /// `true`, `false`, a variable, an entity, or a call.
    private mutating func named() throws(ParseFailure) -> NodeIndex? {
        let start = current
        if isKeyword("true") || isKeyword("false") {
            let value = isKeyword("true")
            advance()
            return try builder.literal(.bool(value), at: SourceSpan(start: start.start, end: start.end))
        }
        let path = try path()
        if path.isBeforeString {
            let uid = EntityUID(type: EntityTypeName(unchecked: path.joined), id: try stringLiteral())
            return try builder.literal(.entity(uid), at: SourceSpan(start: start.start, end: lastEnd))
        }
        let name = CedarString(path.joined)
        if current.kind == .leftParenthesis { return try callStart(name, at: start) }
        let span = SourceSpan(start: start.start, end: lastEnd)
        guard let variable = CedarVariable.allCases.first(where: { CedarString($0.rawValue) == name }) else {
            throw ParseFailure(
                offset: start.start, message: "there is no variable `\(name)`",
                hint: "variables are principal, action, resource and context; strings stand in quotation marks")
        }
        return try builder.add(.variable(variable), at: span)
    }

    private mutating func callStart(_ name: CedarString, at start: Token) throws(ParseFailure) -> NodeIndex? {
        guard let function = ExtensionFunction.named(name) else {
            throw ParseFailure(
                offset: start.start, message: "there is no function `\(name)`",
                hint: "functions are decimal, ip, datetime and duration")
        }
        guard function.isConstructor else {
            throw ParseFailure(
                offset: start.start, message: "`\(name)` is a method, not a function", hint: "write value.\(name)(…)")
        }
        advance()
        guard current.kind == .rightParenthesis else {
            try open(Frame(kind: .call(function), start: start.start))
            return nil
        }
        advance()
        return try call(function, [], from: start.start)
    }

    private mutating func recordStart() throws(ParseFailure) -> NodeIndex? {
        var frame = Frame(kind: .record, start: current.start)
        advance()
        if current.kind == .rightBrace {
            advance()
            return try record(frame)
        }
        try recordName(&frame)
        try open(frame)
        return nil
    }

    mutating func recordName(_ frame: inout Frame) throws(ParseFailure) {
        let token = current
        let name = current.kind == .string ? try stringLiteral() : try attributeName()
        guard frame.seen.insert(name).inserted else {
            throw ParseFailure(offset: token.start, message: "this record has two attributes `\(name)`")
        }
        try expect(.colon, ":")
        frame.names.append(builder.name(name))
    }
}
