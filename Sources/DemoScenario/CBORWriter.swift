import CanonicalEncoding

/// Writes the CBOR of authenticators: definite lengths and shortest heads (CTAP 2.2 §8, RFC 8949 §4.2.1). Maps keep the order in
/// which they are given; the caller gives the canonical one.
enum CBORWriter {
    static func encode(_ value: CBORValue) -> [UInt8] {
        switch value {
        case .unsigned(let magnitude): head(0, magnitude)
        case .negative(let magnitude): head(1, magnitude)
        case .bytes(let bytes): head(2, UInt64(bytes.count)) + bytes
        case .text(let text): head(3, UInt64(text.utf8.count)) + Array(text.utf8)
        case .array(let elements): head(4, UInt64(elements.count)) + elements.flatMap(encode)
        case .map(let pairs):
            head(5, UInt64(pairs.count)) + pairs.flatMap { encode($0.key) + encode($0.value) }
        case .tagged(let tag, let value): head(6, tag) + encode(value)
        case .bool(let bool): [bool ? 0xF5 : 0xF4]
        case .null: [0xF6]
        case .undefined: [0xF7]
        case .double(let double): [0xFB] + bigEndian(double.bitPattern, 8)
        }
    }

    private static func head(_ majorType: UInt8, _ argument: UInt64) -> [UInt8] {
        let type = majorType << 5
        return switch argument {
        case 0..<24: [type | UInt8(argument)]
        case 24...0xFF: [type | 24] + bigEndian(argument, 1)
        case 0x100...0xFFFF: [type | 25] + bigEndian(argument, 2)
        case 0x1_0000...0xFFFF_FFFF: [type | 26] + bigEndian(argument, 4)
        default: [type | 27] + bigEndian(argument, 8)
        }
    }

    private static func bigEndian(_ value: UInt64, _ count: Int) -> [UInt8] {
        (0..<count).reversed().map { UInt8(truncatingIfNeeded: value >> ($0 * 8)) }
    }
}
