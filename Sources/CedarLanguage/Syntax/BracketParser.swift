/// What happens when the content of a bracket or conditional has been read.
extension PolicyParser {
    /// What follows an inner expression: the value of what is now closed, or nil when another inner expression comes next.
    mutating func close(with inner: NodeIndex) throws(ParseFailure) -> NodeIndex? {
        guard var frame = frames.popLast() else { return inner }
        frame.items.append(inner)
        if try !isEnd(of: &frame) {
            frames.append(frame)
            pending = Pending()
            return nil
        }
        pending = frame.pending
        switch frame.kind {
        case .parentheses: return inner
        case .set: return try set(frame.items, from: frame.start)
        case .call(let function): return try call(function, frame.items, from: frame.start)
        case .method(let token, let name): return try method(name, over: frame.items, at: token)
        case .record: return try record(frame)
        case .conditional: return try conditional(frame.items, from: frame.start)
        }
    }

    /// Reads what separates or ends the items of a bracket or conditional.
    private mutating func isEnd(of frame: inout Frame) throws(ParseFailure) -> Bool {
        switch frame.kind {
        case .parentheses:
            try expect(.rightParenthesis, ")")
            return true
        case .set: return try endList(.rightBracket, "]")
        case .call, .method: return try endList(.rightParenthesis, ")")
        case .record:
            if try endList(.rightBrace, "}") { return true }
            try recordName(&frame)
            return false
        case .conditional:
            if frame.items.count == 3 { return true }
            try expectKeyword(frame.items.count == 1 ? "then" : "else")
            return false
        }
    }

    /// Behind an element: true at the end of the list, false when another element comes.
    private mutating func endList(_ end: Token.Kind, _ spelling: String) throws(ParseFailure) -> Bool {
        if current.kind == .comma {
            advance()
            guard current.kind == end else { return false }
        }
        try expect(end, spelling)
        return true
    }

    mutating func set(_ elements: [NodeIndex], from start: Int) throws(ParseFailure) -> NodeIndex {
        let list = builder.list(elements)
        return try builder.add(.set(list: list), over: elements, at: SourceSpan(start: start, end: lastEnd))
    }

    mutating func call(
        _ function: ExtensionFunction, _ arguments: [NodeIndex], from start: Int
    ) throws(ParseFailure) -> NodeIndex {
        let list = builder.list(arguments)
        return try builder.add(
            .call(function, list: list), over: arguments, at: SourceSpan(start: start, end: lastEnd))
    }

    mutating func record(_ frame: Frame) throws(ParseFailure) -> NodeIndex {
        let (list, names) = (builder.list(frame.items), builder.list(frame.names))
        let span = SourceSpan(start: frame.start, end: lastEnd)
        return try builder.add(.record(list: list, names: names), over: frame.items, at: span)
    }

    private mutating func conditional(_ parts: [NodeIndex], from start: Int) throws(ParseFailure) -> NodeIndex {
        let span = SourceSpan(start: start, end: lastEnd)
        return try builder.add(.conditional(parts[0], parts[1], parts[2]), over: parts, at: span)
    }
}
