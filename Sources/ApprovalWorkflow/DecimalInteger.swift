import CanonicalEncoding

/// A whole number of any size, kept as its digits: nothing overflows and nothing is rounded.
struct DecimalInteger: Comparable {
    private let isNegative: Bool
    /// Without leading zeros; empty for zero.
    private let magnitude: [UInt8]

    /// An optional sign and one digit or more, nothing else.
    init?(_ text: Text) {
        var digits = Array(text.utf8)[...]
        let sign = digits.first
        if sign == UInt8(ascii: "-") || sign == UInt8(ascii: "+") { digits = digits.dropFirst() }
        let decimal = UInt8(ascii: "0")...UInt8(ascii: "9")
        guard !digits.isEmpty, digits.allSatisfy({ decimal.contains($0) }) else { return nil }
        magnitude = Array(digits.drop { $0 == UInt8(ascii: "0") })
        isNegative = sign == UInt8(ascii: "-") && !magnitude.isEmpty
    }

    static func < (left: Self, right: Self) -> Bool {
        if left.isNegative != right.isNegative { return left.isNegative }
        return left.isNegative
            ? isSmaller(right.magnitude, left.magnitude) : isSmaller(left.magnitude, right.magnitude)
    }

    private static func isSmaller(_ left: [UInt8], _ right: [UInt8]) -> Bool {
        left.count == right.count ? left.lexicographicallyPrecedes(right) : left.count < right.count
    }
}
