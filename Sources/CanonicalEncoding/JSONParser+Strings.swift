extension JSONParser {
    /// Reads the string whose opening quote stands at `position`.
    mutating func readText(_ bytes: Span<UInt8>) throws(JSONReadingError) -> Text {
        let start = position
        position += 1
        while true {
            position = ByteScan.endOfPlainRun(in: bytes, from: position, stopsAtNonASCII: true)
            guard position < bytes.count else { throw refusal(.unexpectedEnd) }
            switch bytes[position] {
            case UInt8(ascii: "\""):
                guard position - start - 1 <= limits.stringBytes else { throw refusal(.stringTooLong, at: start) }
                position += 1
                // Every byte was checked on the way, so decoding repairs nothing.
                return Text(Self.decode(bytes.extracting((start + 1)..<(position - 1))))
            case UInt8(ascii: "\\"): return try readEscapedText(bytes, from: start)
            default: try skipScalar(bytes)
            }
        }
    }

    /// The slower way, taken from the first escape on; `start` is the opening quote.
    private mutating func readEscapedText(_ bytes: Span<UInt8>, from start: Int) throws(JSONReadingError) -> Text {
        unescaped.removeAll(keepingCapacity: true)
        keepUnescaped(bytes.extracting((start + 1)..<position))
        while true {
            let first = position
            position = ByteScan.endOfPlainRun(in: bytes, from: first, stopsAtNonASCII: true)
            keepUnescaped(bytes.extracting(first..<position))
            guard unescaped.count <= limits.stringBytes else { throw refusal(.stringTooLong, at: start) }
            guard position < bytes.count else { throw refusal(.unexpectedEnd) }
            switch bytes[position] {
            case UInt8(ascii: "\""):
                position += 1
                return Text(Self.decode(unescaped.span))
            case UInt8(ascii: "\\"): try readEscape(bytes)
            default:
                let lead = position
                try skipScalar(bytes)
                keepUnescaped(bytes.extracting(lead..<position))
            }
        }
    }

    private mutating func keepUnescaped(_ run: Span<UInt8>) {
        unsafe run.withUnsafeBufferPointer { buffer in unsafe unescaped.append(contentsOf: buffer) }
    }

    static func decode(_ run: Span<UInt8>) -> String {
        unsafe run.withUnsafeBufferPointer { buffer in unsafe String(decoding: buffer, as: UTF8.self) }
    }

    private mutating func readEscape(_ bytes: Span<UInt8>) throws(JSONReadingError) {
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
            let scalar = try readScalar(bytes, escapedAt: start)
            unescaped.append(contentsOf: String(scalar).utf8)
        default: throw refusal(.invalidEscape, at: start)
        }
    }

    /// The scalar that one `\u` escape names, or two that form a surrogate pair; `position` stands behind the first `\u`.
    private mutating func readScalar(
        _ bytes: Span<UInt8>, escapedAt start: Int
    ) throws(JSONReadingError) -> Unicode.Scalar {
        let first = try readFourHexDigits(bytes)
        if let scalar = Unicode.Scalar(first) { return scalar }
        guard first < 0xDC00, position + 1 < bytes.count, bytes[position] == UInt8(ascii: "\\"),
            bytes[position + 1] == UInt8(ascii: "u")
        else { throw refusal(.loneSurrogate, at: start) }
        position += 2
        let second = try readFourHexDigits(bytes)
        guard second >= 0xDC00, second < 0xE000,
            let scalar = Unicode.Scalar(0x10000 + (UInt32(first - 0xD800) << 10 | UInt32(second - 0xDC00)))
        else { throw refusal(.loneSurrogate, at: start) }
        return scalar
    }

    private mutating func readFourHexDigits(_ bytes: Span<UInt8>) throws(JSONReadingError) -> UInt16 {
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
    private mutating func skipScalar(_ bytes: Span<UInt8>) throws(JSONReadingError) {
        switch bytes[position] {
        case 0x20..<0x80: position += 1
        case 0x00..<0x20: throw refusal(.controlCharacter)
        case 0xC2...0xDF: try skipSequence(bytes, length: 2, second: 0x80...0xBF)
        case 0xE0: try skipSequence(bytes, length: 3, second: 0xA0...0xBF)
        case 0xED: try skipSequence(bytes, length: 3, second: 0x80...0x9F)
        case 0xE1...0xEF: try skipSequence(bytes, length: 3, second: 0x80...0xBF)
        case 0xF0: try skipSequence(bytes, length: 4, second: 0x90...0xBF)
        case 0xF1...0xF3: try skipSequence(bytes, length: 4, second: 0x80...0xBF)
        case 0xF4: try skipSequence(bytes, length: 4, second: 0x80...0x8F)
        default: throw refusal(.invalidUTF8)
        }
    }

    private mutating func skipSequence(
        _ bytes: Span<UInt8>, length: Int, second: ClosedRange<UInt8>
    ) throws(JSONReadingError) {
        guard position + length <= bytes.count, second.contains(bytes[position + 1]) else {
            throw refusal(.invalidUTF8)
        }
        for offset in 2..<max(length, 2) where bytes[position + offset] & 0xC0 != 0x80 { throw refusal(.invalidUTF8) }
        position += length
    }
}
