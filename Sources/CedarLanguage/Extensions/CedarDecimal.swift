/// The extension type `decimal`: a fixed-point number with four digits after the point.
public struct CedarDecimal: Hashable, Comparable, Sendable {
    /// The number times 10,000.
    public let tenThousandths: Int64

    /// A decimal from its ten-thousandths.
    public init(tenThousandths: Int64) {
        self.tenThousandths = tenThousandths
    }

    /// Nil unless it reads `-?digits.digits` with one to four digits after the point and fits 64 bits in ten-thousandths.
    public init?(_ text: CedarString) {
        var reader = ByteReader(text)
        let isNegative = reader.skip("-")
        guard let whole = reader.digits(), reader.skip("."), let fraction = reader.digits(), reader.isAtEnd,
            fraction.count <= 4
        else { return nil }
        var value: Int64 = 0
        for digit in whole + fraction + Array(repeating: 0, count: 4 - fraction.count) {
            // Negative numbers are built downwards: the smallest one has no positive counterpart.
            guard let next = value.times(10)?.plus(isNegative ? -Int64(digit) : Int64(digit)) else { return nil }
            value = next
        }
        tenThousandths = value
    }

    /// By amount.
    public static func < (left: CedarDecimal, right: CedarDecimal) -> Bool {
        left.tenThousandths < right.tenThousandths
    }
}

extension Int64 {
    /// The sum, nil when it does not fit.
    func plus(_ other: Int64) -> Int64? {
        let (result, overflow) = addingReportingOverflow(other)
        return overflow ? nil : result
    }

    /// The difference, nil when it does not fit.
    func minus(_ other: Int64) -> Int64? {
        let (result, overflow) = subtractingReportingOverflow(other)
        return overflow ? nil : result
    }

    /// The product, nil when it does not fit.
    func times(_ other: Int64) -> Int64? {
        let (result, overflow) = multipliedReportingOverflow(by: other)
        return overflow ? nil : result
    }
}
