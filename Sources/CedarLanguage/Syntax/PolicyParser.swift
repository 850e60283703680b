/// Parses policy text. Stops at the first mistake.
struct PolicyParser {
    let source: String
    private let bytes: [UInt8]
    private let tokens: [Token]
    private var position = 0
    var builder = ExpressionBuilder()
    /// Brackets and conditionals that are open; kept here so that depth costs no stack of the thread.
    var frames: [Frame] = []
    /// The innermost expression.
    var pending = Pending()
    /// The type of an `is` whose `in` comes next.
    var pendingType: Int32?

    init(_ source: String) throws(ParseFailure) {
        self.source = source
        guard source.utf8.count < Int(Int32.max) else {
            throw ParseFailure(offset: 0, message: "this text is too large")
        }
        var lexer = Lexer(source)
        tokens = try lexer.tokens()
        bytes = lexer.text
    }

    var current: Token { tokens[position] }
    var following: Token { tokens[min(position + 1, tokens.count - 1)] }
    /// Where the token before ends.
    var lastEnd: Int { position == 0 ? 0 : tokens[position - 1].end }

    mutating func advance() {
        if position < tokens.count - 1 { position += 1 }
    }

    func text(of token: Token) -> String {
        // Tokens begin and end where characters do, and the bytes came out of a string.
        String(decoding: bytes[token.start..<token.end], as: UTF8.self)
    }

    func isKeyword(_ word: StaticString) -> Bool {
        let token = current
        guard token.kind == .identifier, token.end - token.start == word.utf8CodeUnitCount else { return false }
        return word.withUTF8Buffer { letters in
            for index in letters.indices where unsafe letters[index] != bytes[token.start + index] { return false }
            return true
        }
    }

    mutating func expect(_ kind: Token.Kind, _ spelling: String) throws(ParseFailure) {
        guard current.kind == kind else { throw unexpected("`\(spelling)` was expected") }
        advance()
    }

    mutating func expectKeyword(_ word: StaticString) throws(ParseFailure) {
        guard isKeyword(word) else { throw unexpected("`\(word)` was expected") }
        advance()
    }

    func unexpected(_ message: String, hint: String? = nil) -> ParseFailure {
        let found = current.kind == .end ? "the text ends" : "`\(text(of: current).prefix(40))` stands there"
        return ParseFailure(offset: current.start, message: "\(message), but \(found)", hint: hint)
    }

    // MARK: Names and strings

    func units(of token: Token, isPattern: Bool) throws(ParseFailure) -> [StringEscapes.Unit] {
        do {
            let content = String(decoding: bytes[(token.start + 1)..<(token.end - 1)], as: UTF8.self)
            return try StringEscapes.decode(content[...].utf8, isPattern: isPattern)
        } catch {
            throw ParseFailure(
                offset: token.start + 1 + error.offset, message: error.message,
                hint: #"escapes are \n \r \t \\ \0 \' \" \x41 \u{1F600}, and \* in patterns"#)
        }
    }

    mutating func stringLiteral() throws(ParseFailure) -> CedarString {
        let token = current
        let content = bytes[(token.start + 1)..<(token.end - 1)]
        if !content.contains(where: { $0 == UInt8(ascii: "\\") || $0 == 0x0D }) {
            advance()
            return CedarString(String(decoding: content, as: UTF8.self))
        }
        let units = try units(of: token, isPattern: false)
        advance()
        var string = String.UnicodeScalarView()
        for unit in units { string.append(unit.scalar) }
        return CedarString(String(string))
    }

    /// An identifier that is not reserved.
    mutating func identifier(_ expectation: String) throws(ParseFailure) -> String {
        guard current.kind == .identifier else { throw unexpected(expectation) }
        let name = text(of: current)
        guard !Identifier.isReserved(CedarString(name)), !Identifier.isLanguagesOwn(CedarString(name)) else {
            throw ParseFailure(
                offset: current.start, message: "`\(name)` is reserved",
                hint: "attributes with this name: value[\"\(name)\"]")
        }
        advance()
        return name
    }

    mutating func attributeName() throws(ParseFailure) -> CedarString {
        CedarString(try identifier("an attribute's name was expected"))
    }

    /// Identifiers joined by `::`; what follows a last `::` is left to the caller, and it is a string.
    mutating func path() throws(ParseFailure) -> (joined: String, isBeforeString: Bool) {
        var joined = try identifier("a name was expected")
        while current.kind == .doubleColon {
            advance()
            if current.kind == .string { return (joined, true) }
            joined += "::" + (try identifier("a name or an id in quotation marks was expected"))
        }
        guard current.kind != .string else { throw unexpected("`::` was expected before the id") }
        return (joined, false)
    }

    mutating func typeName(after word: StaticString) throws(ParseFailure) -> EntityTypeName {
        guard current.kind == .identifier else { throw unexpected("an entity type was expected after `\(word)`") }
        let start = current.start
        let path = try path()
        guard !path.isBeforeString else {
            throw ParseFailure(
                offset: start, message: "an entity type was expected after `\(word)`, but an entity stands there",
                hint: "leave the id away")
        }
        return EntityTypeName(unchecked: path.joined)
    }

    mutating func entity() throws(ParseFailure) -> EntityUID {
        let start = current.start
        let path = try path()
        guard path.isBeforeString else {
            throw ParseFailure(
                offset: start, message: "an entity was expected, but a name stands there", hint: "write Type::\"id\"")
        }
        return EntityUID(type: EntityTypeName(unchecked: path.joined), id: try stringLiteral())
    }
}
