/// Parses the three parts of a scope, each with the places of what it names.
extension PolicyParser {
    private mutating func variable(_ name: StaticString) throws(ParseFailure) {
        guard isKeyword(name) else {
            throw unexpected("`\(name)` was expected", hint: "a scope is (principal, action, resource)")
        }
        advance()
        if current.kind == .colon { throw unexpected("types are tested with `is`") }
    }

    private func place(from start: Int, type: SourceSpan? = nil, _ entities: [SourceSpan] = []) -> ScopePlace {
        ScopePlace(whole: SourceSpan(start: start, end: lastEnd), type: type, entities: entities)
    }

    mutating func constraint(of name: StaticString, slot: CedarSlot) throws(ParseFailure) -> PlacedConstraint {
        let start = current.start
        try variable(name)
        if current.kind == .equal {
            advance()
            let (reference, span) = try reference(slot)
            return PlacedConstraint(constraint: .equal(reference), place: place(from: start, [span]))
        }
        if isKeyword("in") {
            advance()
            let (reference, span) = try reference(slot)
            return PlacedConstraint(constraint: .within(reference), place: place(from: start, [span]))
        }
        guard isKeyword("is") else { return PlacedConstraint(constraint: .any, place: place(from: start)) }
        advance()
        let typeStart = current.start
        let type = try typeName(after: "is")
        let typeSpan = SourceSpan(start: typeStart, end: lastEnd)
        guard isKeyword("in") else {
            return PlacedConstraint(constraint: .isType(type), place: place(from: start, type: typeSpan))
        }
        advance()
        let (container, span) = try reference(slot)
        return PlacedConstraint(
            constraint: .isTypeWithin(type, container), place: place(from: start, type: typeSpan, [span]))
    }

    /// Reads what stands inside of any number of parentheses.
    private mutating func parenthesized<Content>(
        _ content: (inout PolicyParser) throws(ParseFailure) -> Content
    ) throws(ParseFailure) -> Content {
        var open = 0
        while current.kind == .leftParenthesis {
            open += 1
            advance()
        }
        let inner = try content(&self)
        for _ in 0..<open { try expect(.rightParenthesis, ")") }
        return inner
    }

    /// An entity or the slot.
    private mutating func reference(
        _ slot: CedarSlot
    ) throws(ParseFailure) -> (reference: EntityReference, span: SourceSpan) {
        try parenthesized { (parser) throws(ParseFailure) in
            let token = parser.current
            guard token.kind == .slot else {
                let (uid, span) = try parser.plainEntity()
                return (.entity(uid), span)
            }
            guard CedarString(parser.text(of: token)) == CedarString("?\(slot.rawValue)") else {
                throw parser.unexpected("only the slot `?\(slot.rawValue)` can stand here")
            }
            parser.advance()
            return (.slot(slot), SourceSpan(start: token.start, end: token.end))
        }
    }

    private mutating func plainEntity() throws(ParseFailure) -> (uid: EntityUID, span: SourceSpan) {
        let start = current.start
        guard current.kind == .identifier else {
            throw unexpected("an entity was expected", hint: "write Type::\"id\"")
        }
        let uid = try entity()
        return (uid, SourceSpan(start: start, end: lastEnd))
    }

    // MARK: Actions

    mutating func actionConstraint() throws(ParseFailure) -> PlacedConstraint {
        let start = current.start
        try variable("action")
        if current.kind == .equal {
            advance()
            let (uid, span) = try parenthesized { (parser) throws(ParseFailure) in try parser.plainAction() }
            return PlacedConstraint(constraint: .equal(.entity(uid)), place: place(from: start, [span]))
        }
        if isKeyword("is") { throw unexpected("the action is tested with `==` or `in`") }
        guard isKeyword("in") else { return PlacedConstraint(constraint: .any, place: place(from: start)) }
        advance()
        let (groups, spans) = try parenthesized { (parser) throws(ParseFailure) in try parser.groups() }
        return PlacedConstraint(constraint: groups, place: place(from: start, spans))
    }

    /// One action, or a list of them.
    private mutating func groups() throws(ParseFailure) -> (constraint: ScopeConstraint, spans: [SourceSpan]) {
        guard current.kind == .leftBracket else {
            let (uid, span) = try plainAction()
            return (.within(.entity(uid)), [span])
        }
        advance()
        var (actions, spans): ([EntityUID], [SourceSpan]) = ([], [])
        while current.kind != .rightBracket {
            let (uid, span) = try parenthesized { (parser) throws(ParseFailure) in try parser.plainAction() }
            actions.append(uid)
            spans.append(span)
            guard current.kind == .comma else { break }
            advance()
        }
        try expect(.rightBracket, "]")
        return (.withinAny(actions), spans)
    }

    private mutating func plainAction() throws(ParseFailure) -> (uid: EntityUID, span: SourceSpan) {
        let (uid, span) = try plainEntity()
        guard uid.type.basename == "Action" else {
            throw ParseFailure(
                offset: span.start, message: "an action was expected, but \(uid) stands there",
                hint: "actions have the type Action")
        }
        return (uid, span)
    }
}
