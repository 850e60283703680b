/// Looks at eight bytes at a time for those that end a plain run in a JSON string.
///
/// In each test below, a borrow can mark a byte falsely only above one that is marked rightly, so the lowest mark is exact.
enum ByteScan {
    private static let ones: UInt64 = 0x0101_0101_0101_0101
    private static let highBits: UInt64 = 0x8080_8080_8080_8080

    /// Where the first quote, backslash or control character stands from `start` on, or, where asked for, the first byte that
    /// is not ASCII; the count where there is none.
    @inline(__always)
    static func endOfPlainRun(in bytes: Span<UInt8>, from start: Int, stopsAtNonASCII: Bool) -> Int {
        let raw = unsafe bytes.bytes
        var index = start
        while index + 8 <= raw.byteCount {
            let word = UInt64(littleEndian: unsafe raw.unsafeLoadUnaligned(fromByteOffset: index, as: UInt64.self))
            var marks = marksOfZero(word ^ (ones &* 0x22)) | marksOfZero(word ^ (ones &* 0x5C))
            marks |= (word &- ones &* 0x20) & ~word & highBits
            if stopsAtNonASCII { marks |= word & highBits }
            if marks != 0 { return index + marks.trailingZeroBitCount / 8 }
            index += 8
        }
        while index < bytes.count {
            let byte = bytes[index]
            if byte < 0x20 || byte == 0x22 || byte == 0x5C || (stopsAtNonASCII && byte >= 0x80) { return index }
            index += 1
        }
        return index
    }

    /// The first eight bytes as a number whose order is theirs; missing ones count as zero.
    @inline(__always)
    static func prefix(of bytes: Span<UInt8>) -> UInt64 {
        if bytes.count >= 8 {
            return UInt64(bigEndian: unsafe bytes.bytes.unsafeLoadUnaligned(fromByteOffset: 0, as: UInt64.self))
        }
        var prefix: UInt64 = 0
        var index = 0
        while index < bytes.count {
            prefix |= UInt64(bytes[index]) << UInt64(56 - 8 * index)
            index += 1
        }
        return prefix
    }

    @inline(__always)
    private static func marksOfZero(_ word: UInt64) -> UInt64 {
        (word &- ones) & ~word & highBits
    }
}
