/// Parses what stands between operators: signs, member access, literals, calls, sets, records.
extension PolicyParser {
    /// Up to four `!` or four `-`, not mixed, then a member.
    mutating func unary() throws(ParseFailure) -> NodeIndex {
        let sign = current.kind
        guard sign == .not || sign == .minus else { return try member() }
        var starts: [Int] = []
        while current.kind == sign {
            starts.append(current.start)
            guard starts.count <= 4 else {
                throw unexpected("there are too many signs here", hint: "four are the limit; use parentheses")
            }
            advance()
        }
        var operand: NodeIndex
        if sign == .minus, current.kind == .integer, ![.dot, .leftBracket].contains(following.kind) {
            // The smallest number has no positive counterpart, so the sign belongs to the literal.
            operand = try negativeLiteral(from: starts.removeLast())
        } else {
            operand = try member()
        }
        for start in starts.reversed() {
            let node: ExpressionNode = sign == .not ? .not(operand) : .negate(operand)
            operand = try builder.add(node, over: [operand], at: SourceSpan(start: start, end: lastEnd))
        }
        return operand
    }

    private mutating func negativeLiteral(from start: Int) throws(ParseFailure) -> NodeIndex {
        let token = current
        guard let value = Int64("-" + text(of: token)) else { throw tooLarge(token) }
        advance()
        return try builder.literal(.long(value), at: SourceSpan(start: start, end: token.end))
    }

    private func tooLarge(_ token: Token) -> ParseFailure {
        ParseFailure(
            offset: token.start, message: "this number does not fit 64 bits",
            hint: "numbers lie between -9223372036854775808 and 9223372036854775807")
    }

    /// A primary with any number of `.name`, `.method(…)` and `["name"]`.
    private mutating func member() throws(ParseFailure) -> NodeIndex {
        var base = try primary()
        while true {
            if current.kind == .dot {
                advance()
                base = try access(base)
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

    private mutating func access(_ base: NodeIndex) throws(ParseFailure) -> NodeIndex {
        let token = current
        let name = try attributeName()
        guard current.kind == .leftParenthesis else {
            let index = builder.name(name)
            return try builder.add(.attribute(base, name: index), over: [base], at: span(from: base))
        }
        let arguments = try argumentList()
        if let node = try builtIn(name, on: base, with: arguments, at: token) {
            return try builder.add(node, over: [base] + arguments, at: span(from: base))
        }
        guard let function = ExtensionFunction.named(name) else {
            throw ParseFailure(offset: token.start, message: "there is no method `\(name)`")
        }
        guard !function.isConstructor else {
            throw ParseFailure(
                offset: token.start, message: "`\(name)` is a function, not a method", hint: "write \(name)(…)")
        }
        let operands = [base] + arguments
        let list = builder.list(operands)
        return try builder.add(.call(function, list: list), over: operands, at: span(from: base))
    }

    private func builtIn(
        _ name: CedarString, on base: NodeIndex, with arguments: [NodeIndex], at token: Token
    ) throws(ParseFailure) -> ExpressionNode? {
        let operators: [CedarString: BinaryOperator] = [
            "contains": .contains, "containsAll": .containsAll, "containsAny": .containsAny, "hasTag": .hasTag,
            "getTag": .getTag,
        ]
        let isEmpty = name == "isEmpty"
        guard isEmpty || operators[name] != nil else { return nil }
        guard arguments.count == (isEmpty ? 0 : 1) else {
            throw ParseFailure(
                offset: token.start,
                message: "`\(name)` takes \(isEmpty ? "no argument" : "one argument"), not \(arguments.count)")
        }
        guard let argument = arguments.first, let found = operators[name] else { return .isEmpty(base) }
        return .binary(found, base, argument)
    }

    /// `(a, b,)` with its parentheses.
    mutating func argumentList() throws(ParseFailure) -> [NodeIndex] {
        advance()
        let arguments = try expressions(until: .rightParenthesis)
        try expect(.rightParenthesis, ")")
        return arguments
    }

    private mutating func expressions(until end: Token.Kind) throws(ParseFailure) -> [NodeIndex] {
        var found: [NodeIndex] = []
        while current.kind != end {
            found.append(try expression())
            guard current.kind == .comma else { break }
            advance()
        }
        return found
    }

    private mutating func primary() throws(ParseFailure) -> NodeIndex {
        let token = current
        let span = SourceSpan(start: token.start, end: token.end)
        switch token.kind {
        case .integer:
            guard let value = Int64(text(of: token)) else { throw tooLarge(token) }
            advance()
            return try builder.literal(.long(value), at: span)
        case .string:
            let value = try stringLiteral()
            return try builder.literal(.string(value), at: span)
        case .identifier:
            return try named()
        case .leftParenthesis:
            advance()
            let inner = try expression()
            try expect(.rightParenthesis, ")")
            return inner
        case .leftBracket:
            advance()
            let elements = try expressions(until: .rightBracket)
            try expect(.rightBracket, "]")
            let list = builder.list(elements)
            return try builder.add(.set(list: list), over: elements, at: SourceSpan(start: token.start, end: lastEnd))
        case .leftBrace:
            return try record()
        case .slot:
            throw ParseFailure(
                offset: token.start, message: "a slot cannot stand in a condition",
                hint: "slots belong into the scope, after `principal ==` or `resource in`")
        default:
            throw unexpected("an expression was expected")
        }
    }

    /// `true`, `false`, a variable, an entity, or a call.
    private mutating func named() throws(ParseFailure) -> NodeIndex {
        let start = current
        if isKeyword("true") || isKeyword("false") {
            let value = isKeyword("true")
            advance()
            return try builder.literal(.bool(value), at: SourceSpan(start: start.start, end: start.end))
        }
        let path = try path()
        if current.kind == .string {
            let uid = EntityUID(type: EntityTypeName(unchecked: path.joined), id: try stringLiteral())
            return try builder.literal(.entity(uid), at: SourceSpan(start: start.start, end: lastEnd))
        }
        let name = CedarString(path.joined)
        if current.kind == .leftParenthesis { return try call(name, at: start) }
        let span = SourceSpan(start: start.start, end: lastEnd)
        guard let variable = CedarVariable.allCases.first(where: { CedarString($0.rawValue) == name }) else {
            throw ParseFailure(
                offset: start.start, message: "there is no variable `\(name)`",
                hint: "variables are principal, action, resource and context; strings stand in quotation marks")
        }
        return try builder.add(.variable(variable), at: span)
    }

    private mutating func call(_ name: CedarString, at start: Token) throws(ParseFailure) -> NodeIndex {
        guard let function = ExtensionFunction.named(name) else {
            throw ParseFailure(
                offset: start.start, message: "there is no function `\(name)`",
                hint: "functions are decimal, ip, datetime and duration")
        }
        guard function.isConstructor else {
            throw ParseFailure(
                offset: start.start, message: "`\(name)` is a method, not a function", hint: "write value.\(name)(…)")
        }
        let arguments = try argumentList()
        let list = builder.list(arguments)
        let span = SourceSpan(start: start.start, end: lastEnd)
        return try builder.add(.call(function, list: list), over: arguments, at: span)
    }

    private mutating func record() throws(ParseFailure) -> NodeIndex {
        let start = current.start
        advance()
        var (values, names): ([NodeIndex], [Int32]) = ([], [])
        var seen: Set<CedarString> = []
        while current.kind != .rightBrace {
            let token = current
            let name = current.kind == .string ? try stringLiteral() : try attributeName()
            guard seen.insert(name).inserted else {
                throw ParseFailure(offset: token.start, message: "this record has two attributes `\(name)`")
            }
            try expect(.colon, ":")
            values.append(try expression())
            names.append(builder.name(name))
            guard current.kind == .comma else { break }
            advance()
        }
        try expect(.rightBrace, "}")
        let (list, nameList) = (builder.list(values), builder.list(names))
        let span = SourceSpan(start: start, end: lastEnd)
        return try builder.add(.record(list: list, names: nameList), over: values, at: span)
    }
}
