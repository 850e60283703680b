extension Timestamp {
    /// Years 0000 to 9999, which is all that RFC 3339 can write.
    private static let writable: ClosedRange<Int64> = -62_167_219_200_000...253_402_300_799_999
    private static let millisecondsPerDay: Int64 = 86_400_000

    /// `2026-11-21T09:00:00.123Z`: UTC, always three digits of milliseconds. A time beyond the years 0000 to 9999 is written
    /// as the nearest one within.
    package var rfc3339: String {
        let clamped = min(max(milliseconds, Self.writable.lowerBound), Self.writable.upperBound)
        let sinceYearZero = clamped - Self.writable.lowerBound
        let date = CivilDate(daysSinceYearZero: Int(sinceYearZero / Self.millisecondsPerDay))
        let ofDay = Int(sinceYearZero % Self.millisecondsPerDay)
        var output: [UInt8] = []
        output.reserveCapacity(24)
        func append(_ value: Int, digits: Int, then separator: Unicode.Scalar) {
            var divisor = digits == 4 ? 1000 : digits == 3 ? 100 : 10
            while divisor > 0 {
                output.append(UInt8(ascii: "0") + UInt8(value / divisor % 10))
                divisor /= 10
            }
            output.append(UInt8(ascii: separator))
        }
        append(date.year, digits: 4, then: "-")
        append(date.month, digits: 2, then: "-")
        append(date.day, digits: 2, then: "T")
        append(ofDay / 3_600_000, digits: 2, then: ":")
        append(ofDay / 60_000 % 60, digits: 2, then: ":")
        append(ofDay / 1000 % 60, digits: 2, then: ".")
        append(ofDay % 1000, digits: 3, then: "Z")
        return String(decoding: output, as: UTF8.self)
    }

    /// Strict RFC 3339: capital `T` and `Z`, any offset (kept as the point in time only), dates that exist, hours to 23. A
    /// leap second is refused because this clock has none. Digits beyond milliseconds are cut.
    package init?(rfc3339: String) {
        var fields = Fields(rest: Array(rfc3339.utf8)[...])
        guard let year = fields.number(digits: 4), fields.consume("-"),
            let month = fields.number(digits: 2), fields.consume("-"),
            let day = fields.number(digits: 2), fields.consume("T"),
            let hour = fields.number(digits: 2), hour <= 23, fields.consume(":"),
            let minute = fields.number(digits: 2), minute <= 59, fields.consume(":"),
            let second = fields.number(digits: 2), second <= 59,
            let fraction = fields.fraction(), let offset = fields.offset(), fields.rest.isEmpty,
            let days = CivilDate(year: year, month: month, day: day)?.daysSinceYearZero
        else { return nil }
        let ofDay = ((hour * 60 + minute - offset) * 60 + second) * 1000 + fraction
        let milliseconds = Self.writable.lowerBound + Int64(days) * Self.millisecondsPerDay + Int64(ofDay)
        guard Self.writable.contains(milliseconds) else { return nil }
        self.init(milliseconds: milliseconds)
    }
}

/// The parts of a time, taken off the front one by one.
private struct Fields {
    var rest: ArraySlice<UInt8>

    mutating func consume(_ character: Unicode.Scalar) -> Bool {
        guard rest.first == UInt8(ascii: character) else { return false }
        rest.removeFirst()
        return true
    }

    mutating func digit() -> Int? {
        guard let byte = rest.first, byte &- UInt8(ascii: "0") < 10 else { return nil }
        rest.removeFirst()
        return Int(byte - UInt8(ascii: "0"))
    }

    mutating func number(digits: Int) -> Int? {
        var value = 0
        for _ in 0..<digits {
            guard let digit = digit() else { return nil }
            value = value * 10 + digit
        }
        return value
    }

    /// Milliseconds; 0 where there is no fraction, nil where there is a point without digits.
    mutating func fraction() -> Int? {
        guard consume(".") else { return 0 }
        guard let first = digit() else { return nil }
        var value = first * 100
        var weight = 10
        while let next = digit() {
            value += next * weight
            weight /= 10
        }
        return value
    }

    /// Minutes east of UTC.
    mutating func offset() -> Int? {
        if consume("Z") { return 0 }
        let isWest = rest.first == UInt8(ascii: "-")
        guard consume("+") || consume("-"), let hours = number(digits: 2), hours <= 23, consume(":"),
            let minutes = number(digits: 2), minutes <= 59
        else { return nil }
        return (hours * 60 + minutes) * (isWest ? -1 : 1)
    }
}
