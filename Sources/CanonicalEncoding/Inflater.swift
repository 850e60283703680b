/// Unpacks one DEFLATE stream (RFC 1951).
struct Inflater {
    private let bytes: [UInt8]
    private var position: Int
    /// Bits that were read and not used yet, the lowest first.
    private var bits: UInt32 = 0
    private var bitCount = 0
    private(set) var output: [UInt8]
    private let first: Int
    private let limit: Int

    /// Appends to `output`, which holds at most `limit` bytes in the end.
    init(_ bytes: [UInt8], at position: Int, output: [UInt8], limit: Int) {
        self.bytes = bytes
        self.position = position
        self.output = output
        first = output.count
        self.limit = limit
    }

    /// The byte behind the stream; bits that are left of the last one are padding.
    var nextByte: Int { position }

    mutating func run() throws(GzipError) {
        var isLast = false
        while !isLast {
            isLast = try take(1) == 1
            switch try take(2) {
            case 0: try copyStored()
            case 1: try decode(Self.fixedLiterals, Self.fixedDistances)
            case 2:
                let (literals, distances) = try readCodes()
                try decode(literals, distances)
            default: throw .corrupt
            }
        }
        // Whole bytes that were read ahead belong to what follows.
        position -= bitCount / 8
        bitCount = 0
    }

    private mutating func take(_ count: Int) throws(GzipError) -> Int {
        while bitCount < count {
            guard position < bytes.count else { throw .truncated }
            bits |= UInt32(bytes[position]) << UInt32(bitCount)
            position += 1
            bitCount += 8
        }
        let value = Int(bits & (1 << UInt32(count) - 1))
        bits >>= UInt32(count)
        bitCount -= count
        return value
    }

    private mutating func put(_ byte: UInt8) throws(GzipError) {
        guard output.count < limit else { throw .tooLarge }
        output.append(byte)
    }

    /// RFC 1951, section 3.2.4.
    private mutating func copyStored() throws(GzipError) {
        position -= bitCount / 8
        (bits, bitCount) = (0, 0)
        guard position + 4 <= bytes.count else { throw .truncated }
        let length = Int(bytes[position]) | Int(bytes[position + 1]) << 8
        let complement = Int(bytes[position + 2]) | Int(bytes[position + 3]) << 8
        guard length ^ complement == 0xFFFF else { throw .corrupt }
        position += 4
        guard position + length <= bytes.count else { throw .truncated }
        guard output.count + length <= limit else { throw .tooLarge }
        output += bytes[position..<(position + length)]
        position += length
    }

    // MARK: Codes

    /// A canonical prefix code (section 3.2.2): how many symbols have each length, and the symbols in order of their codes.
    private struct Code {
        var counts = [Int](repeating: 0, count: 16)
        var symbols: [Int] = []

        init(lengths: [Int]) throws(GzipError) {
            for length in lengths where length > 0 { counts[length] += 1 }
            var free = 1
            for count in counts.dropFirst() {
                free = free * 2 - count
                guard free >= 0 else { throw .corrupt }
            }
            for length in 1...15 {
                for symbol in lengths.indices where lengths[symbol] == length { symbols.append(symbol) }
            }
        }
    }

    private static let fixedLiterals = try? Code(
        lengths: (0..<288).map { $0 < 144 ? 8 : $0 < 256 ? 9 : $0 < 280 ? 7 : 8 })
    private static let fixedDistances = try? Code(lengths: Array(repeating: 5, count: 30))

    private mutating func symbol(_ code: Code) throws(GzipError) -> Int {
        var (value, firstOfLength, index) = (0, 0, 0)
        for length in 1...15 {
            value |= try take(1)
            let count = code.counts[length]
            if value - firstOfLength < count { return code.symbols[index + value - firstOfLength] }
            index += count
            firstOfLength = (firstOfLength + count) << 1
            value <<= 1
        }
        throw .corrupt
    }

    private static let lengthOrder = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15]

    /// Section 3.2.7.
    private mutating func readCodes() throws(GzipError) -> (Code, Code) {
        let literals = try take(5) + 257
        let distances = try take(5) + 1
        let lengths = try take(4) + 4
        guard literals <= 286, distances <= 30 else { throw .corrupt }
        var small = [Int](repeating: 0, count: 19)
        for index in 0..<lengths { small[Self.lengthOrder[index]] = try take(3) }
        let code = try Code(lengths: small)
        var all: [Int] = []
        while all.count < literals + distances {
            let next = try symbol(code)
            switch next {
            case 0..<16: all.append(next)
            case 16:
                guard let last = all.last else { throw .corrupt }
                all += Array(repeating: last, count: 3 + (try take(2)))
            case 17: all += Array(repeating: 0, count: 3 + (try take(3)))
            default: all += Array(repeating: 0, count: 11 + (try take(7)))
            }
        }
        guard all.count == literals + distances, all[256] > 0 else { throw .corrupt }
        return (try Code(lengths: Array(all[..<literals])), try Code(lengths: Array(all[literals...])))
    }

    private static let lengthBases = [
        3, 4, 5, 6, 7, 8, 9, 10, 11, 13, 15, 17, 19, 23, 27, 31, 35, 43, 51, 59, 67, 83, 99, 115, 131, 163, 195, 227,
        258,
    ]
    private static let distanceBases = [
        1, 2, 3, 4, 5, 7, 9, 13, 17, 25, 33, 49, 65, 97, 129, 193, 257, 385, 513, 769, 1025, 1537, 2049, 3073, 4097,
        6145,
        8193, 12_289, 16_385, 24_577,
    ]

    /// Section 3.2.5: literals, and copies of what came out before.
    private mutating func decode(_ literals: Code?, _ distances: Code?) throws(GzipError) {
        guard let literals, let distances else { throw .corrupt }
        while true {
            let next = try symbol(literals)
            if next < 256 {
                try put(UInt8(next))
                continue
            }
            if next == 256 { return }
            guard next - 257 < Self.lengthBases.count else { throw .corrupt }
            let extra = next < 265 || next == 285 ? 0 : (next - 261) / 4
            let length = Self.lengthBases[next - 257] + (try take(extra))
            let code = try symbol(distances)
            guard code < Self.distanceBases.count else { throw .corrupt }
            let distance = Self.distanceBases[code] + (try take(code < 4 ? 0 : (code - 2) / 2))
            guard distance <= output.count - first else { throw .corrupt }
            for _ in 0..<length { try put(output[output.count - distance]) }
        }
    }
}
