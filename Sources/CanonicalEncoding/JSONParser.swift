/// One pass over the bytes of one document.
///
/// It descends once per level of nesting, which `JSONLimits` keeps at 128 or less. The document is lent to each step instead of
/// being kept: a stored array would be retained again and again.
struct JSONParser {
    let limits: JSONLimits
    var position = 0
    private var depth = 0
    /// Where strings with escapes are put together; kept to save allocations.
    var unescaped: [UInt8] = []

    init(limits: JSONLimits) {
        self.limits = limits
    }

    mutating func readDocument(_ bytes: Span<UInt8>) throws(JSONReadingError) -> JSONValue {
        guard bytes.count <= limits.bytes else { throw refusal(.tooLarge, at: limits.bytes) }
        guard !Self.startsWithMark(bytes) else { throw refusal(.byteOrderMark, at: 0) }
        let value = try readValue(bytes)
        skipWhiteSpace(bytes)
        guard position == bytes.count else { throw refusal(.trailingBytes) }
        return value
    }

    /// The byte order marks of UTF-8 and of UTF-16.
    static func startsWithMark(_ bytes: Span<UInt8>) -> Bool {
        guard bytes.count >= 2 else { return false }
        return switch (bytes[0], bytes[1]) {
        case (0xFE, 0xFF), (0xFF, 0xFE): true
        case (0xEF, 0xBB): bytes.count >= 3 && bytes[2] == 0xBF
        default: false
        }
    }

    private mutating func readValue(_ bytes: Span<UInt8>) throws(JSONReadingError) -> JSONValue {
        skipWhiteSpace(bytes)
        guard position < bytes.count else { throw refusal(.unexpectedEnd) }
        switch bytes[position] {
        case UInt8(ascii: "{"): return .object(try readObject(bytes))
        case UInt8(ascii: "["): return .array(try readArray(bytes))
        default: return try readScalarValue(bytes)
        }
    }

    /// A value that holds no others; its first byte stands at `position`.
    @inline(__always)
    mutating func readScalarValue(_ bytes: Span<UInt8>) throws(JSONReadingError) -> JSONValue {
        switch bytes[position] {
        case UInt8(ascii: "\""): return .string(try readText(bytes))
        case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): return try readNumber(bytes)
        case UInt8(ascii: "t"): return try readWord(Self.trueWord, in: bytes, as: .bool(true))
        case UInt8(ascii: "f"): return try readWord(Self.falseWord, in: bytes, as: .bool(false))
        case UInt8(ascii: "n"): return try readWord(Self.nullWord, in: bytes, as: .null)
        default: throw refusal(.unexpectedByte)
        }
    }

    private mutating func readObject(_ bytes: Span<UInt8>) throws(JSONReadingError) -> JSONObject {
        try enter()
        var members = JSONMemberList()
        skipWhiteSpace(bytes)
        if consume(UInt8(ascii: "}"), in: bytes) {
            depth -= 1
            return members.object
        }
        while true {
            skipWhiteSpace(bytes)
            guard position < bytes.count else { throw refusal(.unexpectedEnd) }
            guard bytes[position] == UInt8(ascii: "\"") else { throw refusal(.unexpectedByte) }
            let start = position
            let name = try readText(bytes)
            guard members.admit(name) else { throw refusal(.duplicateName, at: start) }
            skipWhiteSpace(bytes)
            try expect(UInt8(ascii: ":"), in: bytes)
            members.append(name, try readValue(bytes))
            skipWhiteSpace(bytes)
            if consume(UInt8(ascii: ","), in: bytes) { continue }
            try expect(UInt8(ascii: "}"), in: bytes)
            depth -= 1
            return members.object
        }
    }

    private mutating func readArray(_ bytes: Span<UInt8>) throws(JSONReadingError) -> [JSONValue] {
        try enter()
        var elements: [JSONValue] = []
        skipWhiteSpace(bytes)
        if consume(UInt8(ascii: "]"), in: bytes) {
            depth -= 1
            return elements
        }
        while true {
            elements.append(try readValue(bytes))
            skipWhiteSpace(bytes)
            if consume(UInt8(ascii: ","), in: bytes) { continue }
            try expect(UInt8(ascii: "]"), in: bytes)
            depth -= 1
            return elements
        }
    }

    private mutating func enter() throws(JSONReadingError) {
        guard depth < limits.depth else { throw refusal(.tooDeep) }
        depth += 1
        position += 1
    }

    private static let trueWord = Array("true".utf8)
    private static let falseWord = Array("false".utf8)
    private static let nullWord = Array("null".utf8)

    private mutating func readWord(
        _ word: [UInt8], in bytes: Span<UInt8>, as value: JSONValue
    ) throws(JSONReadingError) -> JSONValue {
        for byte in word { try expect(byte, in: bytes) }
        return value
    }

    @inline(__always)
    mutating func skipWhiteSpace(_ bytes: Span<UInt8>) {
        while position < bytes.count {
            let byte = bytes[position]
            guard byte <= 0x20, byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 else { return }
            position += 1
        }
    }

    @inline(__always)
    mutating func consume(_ byte: UInt8, in bytes: Span<UInt8>) -> Bool {
        guard position < bytes.count, bytes[position] == byte else { return false }
        position += 1
        return true
    }

    @inline(__always)
    mutating func expect(_ byte: UInt8, in bytes: Span<UInt8>) throws(JSONReadingError) {
        guard position < bytes.count else { throw refusal(.unexpectedEnd) }
        guard bytes[position] == byte else { throw refusal(.unexpectedByte) }
        position += 1
    }

    func refusal(_ code: JSONReadingError.Code, at position: Int? = nil) -> JSONReadingError {
        JSONReadingError(code: code, position: position ?? self.position)
    }
}
