/// Why a CBOR item was refused.
package struct CBORReadingError: Error, Hashable, Sendable {
    package enum Code: String, Sendable, CaseIterable {
        case tooLarge = "cbor_too_large"
        case tooDeep = "cbor_too_deep"
        case unexpectedEnd = "cbor_unexpected_end"
        case notShortest = "cbor_not_shortest"
        case indefiniteLength = "cbor_indefinite_length"
        case reserved = "cbor_reserved"
        case unsupportedKey = "cbor_unsupported_key"
        case duplicateKey = "cbor_duplicate_key"
        case invalidUTF8 = "cbor_invalid_utf8"
        case trailingBytes = "cbor_trailing_bytes"
    }

    package var code: Code
    /// Offset in bytes from the start of the input.
    package var position: Int

    package init(code: Code, position: Int) {
        self.code = code
        self.position = position
    }
}

/// A strict reader of CBOR, after the canonical form of CTAP2 (section "Message Encoding"): definite lengths, integers and
/// lengths in their shortest form, keys that are integers or strings and unique. At most 1 MiB and 16 levels.
///
/// The order of keys is not checked: authenticators in the field differ, and no meaning hangs on it.
package enum CBORReader {
    static let maximumBytes = 1_048_576
    static let maximumDepth = 16

    /// Reads the whole input as one item.
    package static func read(_ bytes: [UInt8]) throws(CBORReadingError) -> CBORValue {
        let (value, consumed) = try readPrefix(bytes)
        guard consumed == bytes.count else { throw CBORReadingError(code: .trailingBytes, position: consumed) }
        return value
    }

    /// Reads one item from the front, for authenticator data where more follows the key.
    package static func readPrefix(
        _ bytes: [UInt8]
    ) throws(CBORReadingError) -> (value: CBORValue, consumed: Int) {
        guard bytes.count <= maximumBytes else { throw CBORReadingError(code: .tooLarge, position: maximumBytes) }
        var parser = CBORParser(bytes: bytes)
        let value = try parser.readItem(depth: 0)
        return (value, parser.position)
    }
}

private struct CBORParser {
    let bytes: [UInt8]
    var position = 0

    init(bytes: [UInt8]) {
        self.bytes = bytes
    }

    mutating func readItem(depth: Int) throws(CBORReadingError) -> CBORValue {
        let start = position
        guard start < bytes.count else { throw refusal(.unexpectedEnd) }
        let major = bytes[start] >> 5
        if major == 7 { return try readSimple() }
        let argument = try readArgument()
        switch major {
        case 0: return .unsigned(argument)
        case 1: return .negative(argument)
        case 2: return .bytes(Array(try readString(length: argument)))
        case 3:
            guard let text = Text(utf8: try readString(length: argument)) else {
                throw refusal(.invalidUTF8, at: start)
            }
            return .text(text)
        case 4: return .array(try readArray(count: argument, depth: depth, start: start))
        case 5: return .map(try readMap(count: argument, depth: depth, start: start))
        default:
            guard depth < CBORReader.maximumDepth else { throw refusal(.tooDeep, at: start) }
            return .tagged(argument, try readItem(depth: depth + 1))
        }
    }

    /// The number behind the major type, in its shortest form (RFC 8949, section 3).
    private mutating func readArgument() throws(CBORReadingError) -> UInt64 {
        let start = position
        let additional = bytes[start] & 0x1F
        position += 1
        switch additional {
        case 0..<24: return UInt64(additional)
        case 24...27:
            let value = try readUnsigned(byteCount: 1 << Int(additional - 24))
            let smallest: UInt64 = additional == 24 ? 24 : 1 << (4 << UInt64(additional - 24))
            guard value >= smallest else { throw refusal(.notShortest, at: start) }
            return value
        case 31: throw refusal(.indefiniteLength, at: start)
        default: throw refusal(.reserved, at: start)
        }
    }

    private mutating func readUnsigned(byteCount: Int) throws(CBORReadingError) -> UInt64 {
        guard bytes.count - position >= byteCount else { throw refusal(.unexpectedEnd, at: bytes.count) }
        var value: UInt64 = 0
        for _ in 0..<byteCount {
            value = value << 8 | UInt64(bytes[position])
            position += 1
        }
        return value
    }

    private mutating func readString(length: UInt64) throws(CBORReadingError) -> ArraySlice<UInt8> {
        guard length <= UInt64(bytes.count - position) else { throw refusal(.unexpectedEnd, at: bytes.count) }
        let end = position + Int(length)
        defer { position = end }
        return bytes[position..<end]
    }

    private mutating func readArray(count: UInt64, depth: Int, start: Int) throws(CBORReadingError) -> [CBORValue] {
        guard depth < CBORReader.maximumDepth else { throw refusal(.tooDeep, at: start) }
        // An element takes a byte at least: a count that cannot be met is refused before anything is reserved for it.
        guard count <= UInt64(bytes.count - position) else { throw refusal(.unexpectedEnd, at: bytes.count) }
        var elements: [CBORValue] = []
        for _ in 0..<Int(count) { elements.append(try readItem(depth: depth + 1)) }
        return elements
    }

    private mutating func readMap(count: UInt64, depth: Int, start: Int) throws(CBORReadingError) -> [CBORPair] {
        guard depth < CBORReader.maximumDepth else { throw refusal(.tooDeep, at: start) }
        guard count <= UInt64(bytes.count - position) / 2 else { throw refusal(.unexpectedEnd, at: bytes.count) }
        var pairs: [CBORPair] = []
        var keys: Set<CBORValue> = []
        for _ in 0..<Int(count) {
            let keyStart = position
            let key = try readItem(depth: depth + 1)
            switch key {
            case .unsigned, .negative, .bytes, .text: break
            default: throw refusal(.unsupportedKey, at: keyStart)
            }
            guard keys.insert(key).inserted else { throw refusal(.duplicateKey, at: keyStart) }
            pairs.append(CBORPair(key: key, value: try readItem(depth: depth + 1)))
        }
        return pairs
    }

    /// Major type 7: the four simple values that have a meaning, and floating-point numbers.
    private mutating func readSimple() throws(CBORReadingError) -> CBORValue {
        let start = position
        let additional = bytes[start] & 0x1F
        position += 1
        switch additional {
        case 20: return .bool(false)
        case 21: return .bool(true)
        case 22: return .null
        case 23: return .undefined
        case 25: return .double(Self.half(UInt16(truncatingIfNeeded: try readUnsigned(byteCount: 2))))
        case 26: return .double(Double(Float(bitPattern: UInt32(truncatingIfNeeded: try readUnsigned(byteCount: 4)))))
        case 27: return .double(Double(bitPattern: try readUnsigned(byteCount: 8)))
        case 31: throw refusal(.indefiniteLength, at: start)
        default: throw refusal(.reserved, at: start)
        }
    }

    /// RFC 8949, appendix D. Not `Float16`, which some processors do not have.
    private static func half(_ bits: UInt16) -> Double {
        let exponent = Int(bits >> 10 & 0x1F)
        let fraction = Double(bits & 0x3FF)
        let magnitude: Double =
            switch exponent {
            case 0: Double(sign: .plus, exponent: -24, significand: fraction)
            case 31: fraction == 0 ? .infinity : .nan
            default: Double(sign: .plus, exponent: exponent - 25, significand: 1024 + fraction)
            }
        return bits & 0x8000 == 0 ? magnitude : -magnitude
    }

    private func refusal(_ code: CBORReadingError.Code, at position: Int? = nil) -> CBORReadingError {
        CBORReadingError(code: code, position: position ?? self.position)
    }
}
