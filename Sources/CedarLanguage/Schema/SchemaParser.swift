/// Parses schema text. Stops at the first mistake; linear in the text.
struct SchemaParser {
    /// How deep sets and records may nest in each other.
    static let maximumDepth = 32

    private let source: String
    private let tokens: [Token]
    private var position = 0

    init(_ source: String) throws(ParseFailure) {
        self.source = source
        guard source.utf8.count < Int(Int32.max) else {
            throw ParseFailure(offset: 0, message: "this text is too large")
        }
        var lexer = Lexer(source, isSchema: true)
        tokens = try lexer.tokens()
    }

    var current: Token { tokens[position] }
    var following: Token { tokens[min(position + 1, tokens.count - 1)] }

    mutating func advance() {
        if position < tokens.count - 1 { position += 1 }
    }

    private func content(_ start: Int, _ end: Int) -> Substring.UTF8View {
        let bytes = source.utf8
        return source.utf8[
            bytes.index(bytes.startIndex, offsetBy: start)..<bytes.index(bytes.startIndex, offsetBy: end)]
    }

    func text(of token: Token) -> CedarString {
        CedarString(String(Substring(content(token.start, token.end))))
    }

    func isWord(_ word: CedarString) -> Bool {
        current.kind == .identifier && current.end - current.start == word.utf8.count && text(of: current) == word
    }

    mutating func expect(_ kind: Token.Kind, _ spelling: String) throws(ParseFailure) {
        guard current.kind == kind else { throw unexpected("`\(spelling)` was expected") }
        advance()
    }

    /// Consumes the token when it is of that kind.
    mutating func skip(_ kind: Token.Kind) -> Bool {
        guard current.kind == kind else { return false }
        advance()
        return true
    }

    func unexpected(_ message: String, hint: String? = nil) -> ParseFailure {
        let found =
            current.kind == .end ? "the text ends" : "`\(text(of: current).string.prefix(40))` stands there"
        return ParseFailure(offset: current.start, message: "\(message), but \(found)", hint: hint)
    }

    // MARK: Names

    mutating func identifier(_ expectation: String) throws(ParseFailure) -> CedarString {
        guard current.kind == .identifier else { throw unexpected(expectation) }
        let name = text(of: current)
        guard !Identifier.isReserved(name), !Identifier.isLanguagesOwn(name) else {
            throw ParseFailure(
                offset: current.start, message: "`\(name)` is reserved",
                hint: "attributes and actions can have this name in quotation marks")
        }
        advance()
        return name
    }

    mutating func string() throws(ParseFailure) -> CedarString {
        guard current.kind == .string else { throw unexpected("a string in quotation marks was expected") }
        let units: [StringEscapes.Unit]
        do {
            units = try StringEscapes.decode(content(current.start + 1, current.end - 1), isPattern: false)
        } catch {
            throw ParseFailure(
                offset: current.start + 1 + error.offset, message: error.message,
                hint: #"escapes are \n \r \t \\ \0 \' \" \x41 \u{1F600}"#)
        }
        advance()
        var string = String.UnicodeScalarView()
        for unit in units { string.append(unit.scalar) }
        return CedarString(String(string))
    }

    /// An identifier or a string: how attributes and actions are named.
    ///
    /// `__cedar` is reserved for types only.
    mutating func name(_ expectation: String) throws(ParseFailure) -> CedarString {
        if current.kind == .string { return try string() }
        guard current.kind == .identifier, Identifier.isLanguagesOwn(text(of: current)) else {
            return try identifier(expectation)
        }
        let name = text(of: current)
        advance()
        return name
    }

    /// Identifiers joined by `::`; `__cedar` may come first. What follows a last `::` is left, and it is a string.
    mutating func path(_ expectation: String) throws(ParseFailure) -> (joined: CedarString, isBeforeString: Bool) {
        let isLanguages = current.kind == .identifier && Identifier.isLanguagesOwn(text(of: current))
        var joined = "__cedar"
        if isLanguages, following.kind == .doubleColon {
            advance()
        } else {
            joined = try identifier(expectation).string
        }
        while skip(.doubleColon) {
            if current.kind == .string { return (CedarString(joined), true) }
            joined += "::" + (try identifier("a name was expected")).string
        }
        return (CedarString(joined), false)
    }

    mutating func reference(_ kind: SchemaName.Kind, _ expectation: String) throws(ParseFailure) -> SchemaName {
        let offset = current.start
        let path = try path(expectation)
        guard !path.isBeforeString else {
            throw unexpected("a type was expected", hint: "leave the id away")
        }
        return SchemaName(kind: kind, path: path.joined, offset: offset)
    }

    mutating func annotations() throws(ParseFailure) -> [SchemaAnnotation] {
        var annotations: [SchemaAnnotation] = []
        var seen: Set<CedarString> = []
        while current.kind == .at {
            let start = current.start
            advance()
            guard current.kind == .identifier else { throw unexpected("an annotation's name was expected") }
            let name = text(of: current)
            guard seen.insert(name).inserted else {
                throw ParseFailure(offset: start, message: "there are two annotations @\(name)", hint: "keep one")
            }
            advance()
            var value: CedarString = ""
            if skip(.leftParenthesis) {
                value = try string()
                try expect(.rightParenthesis, ")")
            }
            annotations.append(SchemaAnnotation(name: name, value: value))
        }
        return annotations
    }
}

/// Types.
extension SchemaParser {
    /// `Path`, `Set<Type>` or `{…}`.
    mutating func type(depth: Int = 0) throws(ParseFailure) -> SchemaType {
        guard depth < Self.maximumDepth else {
            throw ParseFailure(
                offset: current.start, message: "types are nested more than \(Self.maximumDepth) levels deep",
                hint: "refer to an entity type instead")
        }
        if current.kind == .leftBrace { return .record(try record(depth: depth)) }
        if isWord("Set"), following.kind == .less {
            advance()
            advance()
            let element = try type(depth: depth + 1)
            try expect(.greater, ">")
            return .set(element)
        }
        let expectation = "a type was expected"
        return .named(try reference(.any, expectation))
    }

    /// `{ name: Type, name?: Type }`. Of two attributes with one name the last counts, as in the reference.
    mutating func record(depth: Int = 0) throws(ParseFailure) -> [SchemaAttribute] {
        try expect(.leftBrace, "{")
        var attributes: [SchemaAttribute] = []
        var places: [CedarString: Int] = [:]
        while current.kind != .rightBrace {
            let annotations = try annotations()
            let name = try name("an attribute's name or `}` was expected")
            let isRequired = !skip(.question)
            try expect(.colon, ":")
            let type = try type(depth: depth + 1)
            let attribute = SchemaAttribute(
                name: name, type: type, isRequired: isRequired, annotations: annotations)
            if let place = places[name] {
                attributes[place] = attribute
            } else {
                places[name] = attributes.count
                attributes.append(attribute)
            }
            guard skip(.comma) else { break }
        }
        try expect(.rightBrace, "}")
        return attributes
    }
}
