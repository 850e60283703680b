import AuthorityPorts
import CanonicalEncoding

/// Reads the words of a `sqlite-count` subject, byte by byte.
struct SubjectScanner {
    private let bytes: [UInt8]
    private var position = 0

    /// At most 1,024 bytes, none of them NUL: the value is handed on as a C string.
    init(_ subject: Text) throws(FactError) {
        bytes = Array(subject.utf8)
        guard bytes.count <= 1024, !bytes.contains(0) else {
            throw .invalidSubject("a subject has at most 1,024 bytes and no NUL")
        }
    }

    private var next: UInt8? { position < bytes.count ? bytes[position] : nil }

    private mutating func skipSpaces() {
        while next == UInt8(ascii: " ") { position += 1 }
    }

    mutating func isAtEnd() throws(FactError) -> Bool {
        skipSpaces()
        return position == bytes.count
    }

    mutating func identifier() throws(FactError) -> String {
        skipSpaces()
        let start = position
        while let byte = next, Self.isLetter(byte) || (position > start && Self.isDigit(byte)) { position += 1 }
        guard (1...64).contains(position - start) else {
            throw .invalidSubject("a table or column is 1 to 64 letters, digits and _ and begins with no digit")
        }
        return String(decoding: bytes[start..<position], as: UTF8.self)
    }

    mutating func equalsSign() throws(FactError) {
        skipSpaces()
        guard next == UInt8(ascii: "=") else { throw .invalidSubject("after the column comes =") }
        position += 1
    }

    /// `'text'`, in which a quote is doubled, or a whole number.
    mutating func value() throws(FactError) -> RowCount.Value {
        skipSpaces()
        return next == UInt8(ascii: "'") ? .text(try quoted()) : .integer(try number())
    }

    private mutating func quoted() throws(FactError) -> String {
        var content: [UInt8] = []
        position += 1
        while let byte = next {
            position += 1
            if byte == UInt8(ascii: "'") {
                guard next == byte else { return String(decoding: content, as: UTF8.self) }
                position += 1
            }
            content.append(byte)
        }
        throw .invalidSubject("a text ends with a quote")
    }

    private mutating func number() throws(FactError) -> Int64 {
        let start = position
        if next == UInt8(ascii: "-") { position += 1 }
        while let byte = next, Self.isDigit(byte) { position += 1 }
        guard let number = Int64(String(decoding: bytes[start..<position], as: UTF8.self)) else {
            throw .invalidSubject("a value is a quoted text or a whole number of 64 bits")
        }
        return number
    }

    private static func isDigit(_ byte: UInt8) -> Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) }
    private static func isLetter(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20) || byte == UInt8(ascii: "_")
    }
}
