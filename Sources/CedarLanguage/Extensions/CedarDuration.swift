/// The extension type `duration`: a length of time in milliseconds, possibly negative.
public struct CedarDuration: Hashable, Comparable, Sendable {
    /// The length.
    public let milliseconds: Int64

    /// A length of time.
    public init(milliseconds: Int64) {
        self.milliseconds = milliseconds
    }

    /// Nil unless it reads `-?(nd)?(nh)?(nm)?(ns)?(nms)?` with at least one part, and fits 64 bits.
    public init?(_ text: CedarString) {
        var reader = ByteReader(text)
        let isNegative = reader.skip("-")
        var total: Int64 = 0
        var lastRank = -1
        guard !reader.isAtEnd else { return nil }
        while !reader.isAtEnd {
            guard let digits = reader.digits(), let (rank, unit) = Self.unit(&reader), rank > lastRank else {
                return nil
            }
            lastRank = rank
            var amount: Int64 = 0
            for digit in digits {
                // Negative lengths are built downwards: the smallest one has no positive counterpart.
                guard let next = amount.times(10)?.plus(isNegative ? -Int64(digit) : Int64(digit)) else { return nil }
                amount = next
            }
            guard let sum = amount.times(unit).flatMap({ total.plus($0) }) else { return nil }
            total = sum
        }
        milliseconds = total
    }

    private static func unit(_ reader: inout ByteReader) -> (rank: Int, milliseconds: Int64)? {
        if reader.skip("d") { return (0, 86_400_000) }
        if reader.skip("h") { return (1, 3_600_000) }
        if reader.skip("m") { return reader.skip("s") ? (4, 1) : (2, 60_000) }
        return reader.skip("s") ? (3, 1000) : nil
    }

    /// Shorter first.
    public static func < (left: CedarDuration, right: CedarDuration) -> Bool { left.milliseconds < right.milliseconds }
}
