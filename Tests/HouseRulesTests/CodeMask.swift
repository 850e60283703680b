/// Swift source with the contents of comments and string literals replaced by spaces, line for line, so that a rule
/// about code does not trip over prose. Code inside an interpolation counts as part of its string.
struct CodeMask {
    private(set) var masked: [UInt8]
    private let source: [UInt8]
    private var position = 0

    static func mask(_ text: String) -> String {
        var mask = CodeMask(source: Array(text.utf8))
        mask.run()
        return String(decoding: mask.masked, as: UTF8.self)
    }

    private init(source: [UInt8]) {
        self.source = source
        masked = source
    }

    private mutating func run() {
        while position < source.count {
            // Most bytes begin nothing; this is run over every file of the house.
            let byte = source[position]
            if byte != UInt8(ascii: "/"), byte != UInt8(ascii: "\""), byte != UInt8(ascii: "#") {
                position += 1
            } else if starts(with: "//") {
                blank(until: "\n")
            } else if starts(with: "/*") {
                blankBlockComment()
            } else if let delimiter = stringDelimiter() {
                blankString(delimiter)
            } else {
                position += 1
            }
        }
    }

    private func starts(with text: StaticString, at offset: Int = 0) -> Bool {
        let start = position + offset
        guard start + text.utf8CodeUnitCount <= source.count else { return false }
        return text.withUTF8Buffer { bytes in
            var index = 0
            while index < bytes.count {
                if source[start + index] != bytes[index] { return false }
                index += 1
            }
            return true
        }
    }

    /// Blanks one byte; line ends stay.
    private mutating func blankByte() {
        if source[position] != UInt8(ascii: "\n") { masked[position] = UInt8(ascii: " ") }
        position += 1
    }

    private mutating func blank(until end: StaticString) {
        while position < source.count, !starts(with: end) { blankByte() }
    }

    private mutating func blankBlockComment() {
        var depth = 0
        repeat {
            if starts(with: "/*") {
                depth += 1
                blankByte()
            } else if starts(with: "*/") {
                depth -= 1
                blankByte()
            }
            if position < source.count { blankByte() }
        } while depth > 0 && position < source.count
    }

    private struct Delimiter {
        var pounds: Int
        var quotes: Int
    }

    private func stringDelimiter() -> Delimiter? {
        var pounds = 0
        while starts(with: "#", at: pounds) { pounds += 1 }
        if starts(with: "\"\"\"", at: pounds) { return Delimiter(pounds: pounds, quotes: 3) }
        return starts(with: "\"", at: pounds) ? Delimiter(pounds: pounds, quotes: 1) : nil
    }

    /// The quotes stay, so that a literal is still seen to be one.
    private mutating func blankString(_ delimiter: Delimiter) {
        let pounds = [UInt8](repeating: UInt8(ascii: "#"), count: delimiter.pounds)
        let end = [UInt8](repeating: UInt8(ascii: "\""), count: delimiter.quotes) + pounds
        let escape = [UInt8(ascii: "\\")] + pounds
        position += delimiter.pounds + delimiter.quotes
        while position < source.count {
            if source[position...].starts(with: end) {
                position += end.count
                return
            }
            guard source[position...].starts(with: escape) else {
                blankByte()
                continue
            }
            for _ in escape where position < source.count { blankByte() }
            guard position < source.count else { return }
            if starts(with: "(") { blankInterpolation() } else { blankByte() }
        }
    }

    private mutating func blankInterpolation() {
        var depth = 0
        repeat {
            if let delimiter = stringDelimiter() {
                let start = position
                blankString(delimiter)
                for index in start..<position where source[index] != UInt8(ascii: "\n") {
                    masked[index] = UInt8(ascii: " ")
                }
                continue
            }
            if starts(with: "(") { depth += 1 }
            if starts(with: ")") { depth -= 1 }
            blankByte()
        } while depth > 0 && position < source.count
    }
}
