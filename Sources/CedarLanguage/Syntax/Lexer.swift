/// Cuts policy or schema text into tokens, on bytes.
struct Lexer {
    private let bytes: [UInt8]
    private var position = 0
    /// In schemas `?` marks an optional attribute and stands by itself.
    private let isSchema: Bool

    init(_ text: String, isSchema: Bool = false) {
        bytes = Array(text.utf8)
        self.isSchema = isSchema
    }

    /// All tokens, the last one of kind `end`.
    mutating func tokens() throws(ParseFailure) -> [Token] {
        var tokens: [Token] = []
        tokens.reserveCapacity(bytes.count / 4 + 1)
        while true {
            skipSpace()
            let start = position
            guard let byte = peek() else {
                tokens.append(Token(kind: .end, start: start, end: start))
                return tokens
            }
            let kind = try token(startingWith: byte)
            tokens.append(Token(kind: kind, start: start, end: position))
        }
    }

    private func peek(_ ahead: Int = 0) -> UInt8? {
        position + ahead < bytes.count ? bytes[position + ahead] : nil
    }

    private mutating func token(startingWith byte: UInt8) throws(ParseFailure) -> Token.Kind {
        if Identifier.isStart(byte) {
            skipIdentifier()
            return .identifier
        }
        switch byte {
        case 0x30...0x39:
            while let next = peek(), next >= 0x30, next <= 0x39 { position += 1 }
            return .integer
        case UInt8(ascii: "\""): return try string()
        case UInt8(ascii: "?") where isSchema:
            position += 1
            return .question
        case UInt8(ascii: "?"):
            guard let next = peek(1), Identifier.isStart(next) else { throw invalid() }
            position += 1
            skipIdentifier()
            return .slot
        default: return try symbol(byte)
        }
    }

    private mutating func skipIdentifier() {
        while let next = peek(), Identifier.isContinuation(next) { position += 1 }
    }

    private mutating func string() throws(ParseFailure) -> Token.Kind {
        let start = position
        position += 1
        while let byte = peek() {
            position += 1
            if byte == UInt8(ascii: "\"") { return .string }
            guard byte == UInt8(ascii: "\\") else { continue }
            if peek() == 0x0A { break }
            position += 1
        }
        throw ParseFailure(offset: start, message: "this string does not end", hint: "close it with a quotation mark")
    }

    private static let single: [UInt8: Token.Kind] = [
        UInt8(ascii: "@"): .at, UInt8(ascii: "("): .leftParenthesis, UInt8(ascii: ")"): .rightParenthesis,
        UInt8(ascii: "{"): .leftBrace, UInt8(ascii: "}"): .rightBrace, UInt8(ascii: "["): .leftBracket,
        UInt8(ascii: "]"): .rightBracket, UInt8(ascii: ","): .comma, UInt8(ascii: ";"): .semicolon,
        UInt8(ascii: "."): .dot, UInt8(ascii: "+"): .plus, UInt8(ascii: "-"): .minus, UInt8(ascii: "*"): .star,
        UInt8(ascii: "/"): .slash, UInt8(ascii: "%"): .percent,
    ]

    private mutating func symbol(_ byte: UInt8) throws(ParseFailure) -> Token.Kind {
        let next = peek(1)
        let isBeforeEqual = next == UInt8(ascii: "=")
        let (kind, length): (Token.Kind, Int)
        switch byte {
        case UInt8(ascii: "="): (kind, length) = isBeforeEqual ? (.equal, 2) : (.assign, 1)
        case UInt8(ascii: "!"): (kind, length) = isBeforeEqual ? (.notEqual, 2) : (.not, 1)
        case UInt8(ascii: "<"): (kind, length) = isBeforeEqual ? (.lessOrEqual, 2) : (.less, 1)
        case UInt8(ascii: ">"): (kind, length) = isBeforeEqual ? (.greaterOrEqual, 2) : (.greater, 1)
        case UInt8(ascii: ":"): (kind, length) = next == byte ? (.doubleColon, 2) : (.colon, 1)
        case UInt8(ascii: "&") where next == byte: (kind, length) = (.and, 2)
        case UInt8(ascii: "|") where next == byte: (kind, length) = (.or, 2)
        default:
            guard let known = Self.single[byte] else { throw invalid() }
            (kind, length) = (known, 1)
        }
        position += length
        return kind
    }

    private func invalid() -> ParseFailure {
        ParseFailure(
            offset: position, message: "this character cannot stand here",
            hint: "strings stand in double quotes; `and` is &&, `or` is ||, a comment starts with //")
    }

    /// The comments that were skipped, without their line ends.
    private(set) var comments: [SourceSpan] = []

    /// The text that is cut.
    var text: [UInt8] { bytes }

    /// White space and comments. A comment ends with a line feed or a carriage return.
    private mutating func skipSpace() {
        while let byte = peek() {
            switch byte {
            case 0x09...0x0D, 0x20: position += 1
            case UInt8(ascii: "/") where peek(1) == byte:
                let start = position
                while let next = peek(), next != 0x0A, next != 0x0D { position += 1 }
                comments.append(SourceSpan(start: start, end: position))
            case 0x80...:
                guard let length = wideSpaceLength() else { return }
                position += length
            default: return
            }
        }
    }

    /// The bytes of a white-space scalar outside of ASCII that starts here.
    private func wideSpaceLength() -> Int? {
        switch (peek() ?? 0, peek(1) ?? 0, peek(2) ?? 0) {
        case (0xC2, 0x85, _), (0xC2, 0xA0, _): 2
        case (0xE1, 0x9A, 0x80), (0xE2, 0x80, 0x80...0x8A), (0xE2, 0x80, 0xA8), (0xE2, 0x80, 0xA9), (0xE2, 0x80, 0xAF),
            (0xE2, 0x81, 0x9F), (0xE3, 0x80, 0x80):
            3
        default: nil
        }
    }
}
