/// One pass over the bytes of one document.
///
/// It descends once per level of nesting, which `JSONLimits` keeps at 64 or less.
struct JSONParser {
    let bytes: [UInt8]
    let limits: JSONLimits
    var position = 0
    private var depth = 0
    /// Where strings with escapes are put together; kept to save allocations.
    var unescaped: [UInt8] = []

    init(bytes: [UInt8], limits: JSONLimits) {
        self.bytes = bytes
        self.limits = limits
    }

    mutating func readDocument() throws(JSONReadingError) -> JSONValue {
        guard bytes.count <= limits.bytes else { throw refusal(.tooLarge, at: limits.bytes) }
        if bytes.starts(with: [0xEF, 0xBB, 0xBF]) || bytes.starts(with: [0xFE, 0xFF])
            || bytes.starts(with: [0xFF, 0xFE])
        {
            throw refusal(.byteOrderMark, at: 0)
        }
        let value = try readValue()
        skipWhiteSpace()
        guard position == bytes.count else { throw refusal(.trailingBytes) }
        return value
    }

    private mutating func readValue() throws(JSONReadingError) -> JSONValue {
        skipWhiteSpace()
        guard position < bytes.count else { throw refusal(.unexpectedEnd) }
        switch bytes[position] {
        case UInt8(ascii: "\""): return .string(try readText())
        case UInt8(ascii: "{"): return .object(try readObject())
        case UInt8(ascii: "["): return .array(try readArray())
        case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): return try readNumber()
        case UInt8(ascii: "t"): return try readWord("true", as: .bool(true))
        case UInt8(ascii: "f"): return try readWord("false", as: .bool(false))
        case UInt8(ascii: "n"): return try readWord("null", as: .null)
        default: throw refusal(.unexpectedByte)
        }
    }

    private mutating func readObject() throws(JSONReadingError) -> JSONObject {
        try enter()
        var object = JSONObject()
        skipWhiteSpace()
        if consume(UInt8(ascii: "}")) {
            depth -= 1
            return object
        }
        while true {
            skipWhiteSpace()
            guard position < bytes.count else { throw refusal(.unexpectedEnd) }
            guard bytes[position] == UInt8(ascii: "\"") else { throw refusal(.unexpectedByte) }
            let start = position
            let name = try readText()
            guard object.position(of: name) == nil else { throw refusal(.duplicateName, at: start) }
            skipWhiteSpace()
            try expect(UInt8(ascii: ":"))
            object.appendNew(JSONObject.Member(name: name, value: try readValue()))
            skipWhiteSpace()
            if consume(UInt8(ascii: ",")) { continue }
            try expect(UInt8(ascii: "}"))
            depth -= 1
            return object
        }
    }

    private mutating func readArray() throws(JSONReadingError) -> [JSONValue] {
        try enter()
        var elements: [JSONValue] = []
        skipWhiteSpace()
        if consume(UInt8(ascii: "]")) {
            depth -= 1
            return elements
        }
        while true {
            elements.append(try readValue())
            skipWhiteSpace()
            if consume(UInt8(ascii: ",")) { continue }
            try expect(UInt8(ascii: "]"))
            depth -= 1
            return elements
        }
    }

    private mutating func enter() throws(JSONReadingError) {
        guard depth < limits.depth else { throw refusal(.tooDeep) }
        depth += 1
        position += 1
    }

    private mutating func readWord(
        _ word: StaticString, as value: JSONValue
    ) throws(JSONReadingError) -> JSONValue {
        for byte in Array(word.description.utf8) { try expect(byte) }
        return value
    }

    mutating func skipWhiteSpace() {
        while position < bytes.count {
            switch bytes[position] {
            case 0x20, 0x0A, 0x0D, 0x09: position += 1
            default: return
            }
        }
    }

    private mutating func consume(_ byte: UInt8) -> Bool {
        guard position < bytes.count, bytes[position] == byte else { return false }
        position += 1
        return true
    }

    private mutating func expect(_ byte: UInt8) throws(JSONReadingError) {
        guard position < bytes.count else { throw refusal(.unexpectedEnd) }
        guard bytes[position] == byte else { throw refusal(.unexpectedByte) }
        position += 1
    }

    func refusal(_ code: JSONReadingError.Code, at position: Int? = nil) -> JSONReadingError {
        JSONReadingError(code: code, position: position ?? self.position)
    }
}
