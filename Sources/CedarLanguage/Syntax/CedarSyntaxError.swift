/// A place in policy text.
public struct SourcePosition: Hashable, Sendable, CustomStringConvertible {
    /// The line, from 1; a line ends with a line feed.
    public let line: Int
    /// The column in Unicode scalars, from 1.
    public let column: Int
    /// The offset in UTF-8 bytes, from 0.
    public let offset: Int

    /// The place of a byte offset in a text.
    public init(offset: Int, in text: String) {
        var (line, column) = (1, 1)
        for byte in text.utf8.prefix(offset) {
            if byte == 0x0A {
                line += 1
                column = 1
            } else if byte & 0xC0 != 0x80 {
                column += 1
            }
        }
        self.line = line
        self.column = column
        self.offset = offset
    }

    init(line: Int, column: Int, offset: Int) {
        self.line = line
        self.column = column
        self.offset = offset
    }

    /// `line:column`.
    public var description: String { "\(line):\(column)" }
}

/// A stretch of policy text in UTF-8 bytes.
public struct SourceSpan: Hashable, Sendable {
    /// Offset of the first byte.
    public let start: Int
    /// Offset behind the last byte.
    public let end: Int

    init(start: Int, end: Int) {
        self.start = start
        self.end = end
    }
}

/// Why policy text was refused, and where.
public struct CedarSyntaxError: Error, Hashable, Sendable, CustomStringConvertible {
    /// One sentence without full stop.
    public let message: String
    /// What to do about it.
    public let hint: String?
    /// Where it starts.
    public let position: SourcePosition

    /// `line:column: message`, then the hint.
    public var description: String { "\(position): \(message)" + (hint.map { " (\($0))" } ?? "") }
}

/// The parser's own error; it becomes a `CedarSyntaxError` where the whole text is at hand.
struct ParseFailure: Error {
    let offset: Int
    let message: String
    var hint: String?

    func located(in text: String) -> CedarSyntaxError {
        CedarSyntaxError(message: message, hint: hint, position: SourcePosition(offset: offset, in: text))
    }
}
