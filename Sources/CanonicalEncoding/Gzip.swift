/// Why compressed bytes were refused.
package enum GzipError: Error, Hashable, Sendable {
    /// The bytes do not begin as a gzip file does, or use a method that does not exist.
    case notGzip
    /// The bytes end too early.
    case truncated
    /// A code, length or distance that the format does not allow.
    case corrupt
    /// Checksum or length differ from what was unpacked.
    case mismatch
    /// More comes out than was allowed.
    case tooLarge
}

/// Unpacks gzip files (RFC 1952 around RFC 1951), for recorded test data. It is simple rather than fast.
package enum Gzip {
    /// Whether the bytes begin as a gzip file does.
    package static func isGzip(_ bytes: [UInt8]) -> Bool {
        bytes.count >= 2 && bytes[0] == 0x1F && bytes[1] == 0x8B
    }

    /// The content of all members, at most `limit` bytes.
    package static func unpack(_ bytes: [UInt8], limit: Int) throws(GzipError) -> [UInt8] {
        var output: [UInt8] = []
        var position = 0
        repeat {
            position = try skipHeader(bytes, at: position)
            let start = output.count
            var inflater = Inflater(bytes, at: position, output: output, limit: limit)
            try inflater.run()
            output = inflater.output
            position = inflater.nextByte
            let checksum = CRC32.of(output[start...])
            guard try word(bytes, at: position) == checksum,
                try word(bytes, at: position + 4) == UInt32(truncatingIfNeeded: output.count - start)
            else { throw .mismatch }
            position += 8
        } while position < bytes.count
        return output
    }

    private static func word(_ bytes: [UInt8], at position: Int) throws(GzipError) -> UInt32 {
        guard position + 4 <= bytes.count else { throw .truncated }
        return (0..<4).reduce(0) { $0 | UInt32(bytes[position + $1]) << UInt32(8 * $1) }
    }

    /// RFC 1952, section 2.3: fixed part, then what the flags announce.
    private static func skipHeader(_ bytes: [UInt8], at start: Int) throws(GzipError) -> Int {
        guard start + 10 <= bytes.count else { throw .truncated }
        let flags = bytes[start + 3]
        guard bytes[start] == 0x1F, bytes[start + 1] == 0x8B, bytes[start + 2] == 8, flags & 0xE0 == 0 else {
            throw .notGzip
        }
        var position = start + 10
        if flags & 4 != 0 {
            guard position + 2 <= bytes.count else { throw .truncated }
            position += 2 + Int(bytes[position]) + Int(bytes[position + 1]) << 8
        }
        for flag: UInt8 in [8, 16] where flags & flag != 0 {
            while position < bytes.count, bytes[position] != 0 { position += 1 }
            position += 1
        }
        if flags & 2 != 0 { position += 2 }
        guard position <= bytes.count else { throw .truncated }
        return position
    }
}

/// The checksum of RFC 1952, section 8.
private enum CRC32 {
    private static let table: [UInt32] = (0..<256).map { index in
        (0..<8).reduce(UInt32(index)) { value, _ in value & 1 == 1 ? 0xEDB8_8320 ^ value >> 1 : value >> 1 }
    }

    static func of(_ bytes: ArraySlice<UInt8>) -> UInt32 {
        let table = table
        return ~bytes.reduce(~0 as UInt32) { table[Int(UInt8(truncatingIfNeeded: $0) ^ $1)] ^ $0 >> 8 }
    }
}
