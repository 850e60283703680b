extension JSONParser {
    /// Reads the string whose opening quote stands at `position`.
    mutating func readText() throws(JSONReadingError) -> Text {
        let start = position
        position += 1
        while position < bytes.count {
            let byte = bytes[position]
            if byte == UInt8(ascii: "\"") {
                let length = position - start - 1
                guard length <= limits.stringBytes else { throw refusal(.stringTooLong, at: start) }
                // Every byte was checked on the way, so decoding repairs nothing.
                let text = Text(String(decoding: bytes[(start + 1)..<position], as: UTF8.self))
                position += 1
                return text
            }
            if byte == UInt8(ascii: "\\") { return try readEscapedText(from: start) }
            try skipScalar(startingWith: byte)
        }
        throw refusal(.unexpectedEnd)
    }

    /// The slower way, taken from the first escape on; `start` is the opening quote.
    private mutating func readEscapedText(from start: Int) throws(JSONReadingError) -> Text {
        unescaped.removeAll(keepingCapacity: true)
        unescaped.append(contentsOf: bytes[(start + 1)..<position])
        while position < bytes.count {
            guard unescaped.count <= limits.stringBytes else { throw refusal(.stringTooLong, at: start) }
            let byte = bytes[position]
            switch byte {
            case UInt8(ascii: "\""):
                position += 1
                return Text(String(decoding: unescaped, as: UTF8.self))
            case UInt8(ascii: "\\"):
                try readEscape()
            default:
                let first = position
                try skipScalar(startingWith: byte)
                unescaped.append(contentsOf: bytes[first..<position])
            }
        }
        throw refusal(.unexpectedEnd)
    }

    private mutating func readEscape() throws(JSONReadingError) {
        let start = position
        guard start + 1 < bytes.count else { throw refusal(.unexpectedEnd, at: bytes.count) }
        position += 2
        switch bytes[start + 1] {
        case UInt8(ascii: "\""): unescaped.append(UInt8(ascii: "\""))
        case UInt8(ascii: "\\"): unescaped.append(UInt8(ascii: "\\"))
        case UInt8(ascii: "/"): unescaped.append(UInt8(ascii: "/"))
        case UInt8(ascii: "b"): unescaped.append(0x08)
        case UInt8(ascii: "f"): unescaped.append(0x0C)
        case UInt8(ascii: "n"): unescaped.append(0x0A)
        case UInt8(ascii: "r"): unescaped.append(0x0D)
        case UInt8(ascii: "t"): unescaped.append(0x09)
        case UInt8(ascii: "u"):
            unescaped.append(contentsOf: UTF8.encode(try readScalar(escapedAt: start)).map(Array.init) ?? [])
        default: throw refusal(.invalidEscape, at: start)
        }
    }

    /// The scalar that one `\u` escape names, or two that form a surrogate pair; `position` stands behind the first `\u`.
    private mutating func readScalar(escapedAt start: Int) throws(JSONReadingError) -> Unicode.Scalar {
        let first = try readFourHexDigits()
        if let scalar = Unicode.Scalar(first) { return scalar }
        guard first < 0xDC00, position + 1 < bytes.count, bytes[position] == UInt8(ascii: "\\"),
            bytes[position + 1] == UInt8(ascii: "u")
        else { throw refusal(.loneSurrogate, at: start) }
        position += 2
        let second = try readFourHexDigits()
        guard second >= 0xDC00, second < 0xE000,
            let scalar = Unicode.Scalar(0x10000 + (UInt32(first - 0xD800) << 10 | UInt32(second - 0xDC00)))
        else { throw refusal(.loneSurrogate, at: start) }
        return scalar
    }

    private mutating func readFourHexDigits() throws(JSONReadingError) -> UInt16 {
        var value: UInt16 = 0
        for _ in 0..<4 {
            guard position < bytes.count else { throw refusal(.unexpectedEnd) }
            guard let digit = Hex.value(of: bytes[position]) else { throw refusal(.invalidEscape) }
            value = value << 4 | UInt16(digit)
            position += 1
        }
        return value
    }

    /// Moves over one raw character of a string and checks its bytes (RFC 3629, section 4).
    private mutating func skipScalar(startingWith lead: UInt8) throws(JSONReadingError) {
        switch lead {
        case 0x20..<0x80: position += 1
        case 0x00..<0x20: throw refusal(.controlCharacter)
        case 0xC2...0xDF: try skipSequence(length: 2, second: 0x80...0xBF)
        case 0xE0: try skipSequence(length: 3, second: 0xA0...0xBF)
        case 0xED: try skipSequence(length: 3, second: 0x80...0x9F)
        case 0xE1...0xEF: try skipSequence(length: 3, second: 0x80...0xBF)
        case 0xF0: try skipSequence(length: 4, second: 0x90...0xBF)
        case 0xF1...0xF3: try skipSequence(length: 4, second: 0x80...0xBF)
        case 0xF4: try skipSequence(length: 4, second: 0x80...0x8F)
        default: throw refusal(.invalidUTF8)
        }
    }

    private mutating func skipSequence(length: Int, second: ClosedRange<UInt8>) throws(JSONReadingError) {
        guard position + length <= bytes.count, second.contains(bytes[position + 1]) else {
            throw refusal(.invalidUTF8)
        }
        for offset in 2..<max(length, 2) where bytes[position + offset] & 0xC0 != 0x80 { throw refusal(.invalidUTF8) }
        position += length
    }
}
