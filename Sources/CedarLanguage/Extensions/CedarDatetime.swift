/// The extension type `datetime`: a point in time in milliseconds since 1970-01-01T00:00:00Z, without leap seconds.
public struct CedarDatetime: Hashable, Comparable, Sendable {
    /// Milliseconds since the epoch.
    public let milliseconds: Int64

    private static let day: Int64 = 86_400_000

    /// The point so many milliseconds after the epoch.
    public init(milliseconds: Int64) {
        self.milliseconds = milliseconds
    }

    /// Nil unless it reads `YYYY-MM-DD` or `YYYY-MM-DDThh:mm:ss[.SSS](Z|±hhmm)` and names a real point in time.
    public init?(_ text: CedarString) {
        var reader = ByteReader(text)
        guard let year = reader.number(digits: 4), reader.skip("-"), let month = reader.number(digits: 2),
            reader.skip("-"), let day = reader.number(digits: 2),
            let days = Self.days(year: year, month: month, day: day)
        else { return nil }
        let midnight = Int64(days) * Self.day
        if reader.isAtEnd {
            milliseconds = midnight
            return
        }
        guard reader.skip("T"), let time = Self.time(&reader), let offset = Self.offset(&reader), reader.isAtEnd else {
            return nil
        }
        milliseconds = midnight + Int64(time) - Int64(offset)
    }

    /// Milliseconds since midnight of `hh:mm:ss[.SSS]`.
    private static func time(_ reader: inout ByteReader) -> Int? {
        guard let hour = reader.number(digits: 2), reader.skip(":"), let minute = reader.number(digits: 2),
            reader.skip(":"), let second = reader.number(digits: 2), hour < 24, minute < 60, second < 60
        else { return nil }
        var fraction = 0
        if reader.skip(".") {
            guard let milliseconds = reader.number(digits: 3) else { return nil }
            fraction = milliseconds
        }
        return ((hour * 60 + minute) * 60 + second) * 1000 + fraction
    }

    private static func offset(_ reader: inout ByteReader) -> Int? {
        if reader.skip("Z") { return 0 }
        let isWest = reader.skip("-")
        guard isWest || reader.skip("+"), let hours = reader.number(digits: 2), let minutes = reader.number(digits: 2),
            hours < 24, minutes < 60
        else { return nil }
        let offset = (hours * 60 + minutes) * 60_000
        return isWest ? -offset : offset
    }

    /// Days since 1970-01-01 in the proleptic Gregorian calendar; nil when there is no such day.
    private static func days(year: Int, month: Int, day: Int) -> Int? {
        let isLeap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
        let lengths = [31, isLeap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
        guard (1...12).contains(month), day >= 1, day <= lengths[month - 1] else { return nil }
        // Years counted from March, so that the leap day is the last one; 400-year cycles of 146,097 days.
        let shifted = month > 2 ? year : year - 1
        let era = (shifted >= 0 ? shifted : shifted - 399) / 400
        let yearOfEra = shifted - era * 400
        let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
        return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
    }

    /// Earlier first.
    public static func < (left: CedarDatetime, right: CedarDatetime) -> Bool { left.milliseconds < right.milliseconds }
}

extension CedarDatetime {
    /// Nil when the result does not fit 64 bits.
    public func offset(_ duration: CedarDuration) -> CedarDatetime? {
        milliseconds.plus(duration.milliseconds).map(CedarDatetime.init(milliseconds:))
    }

    /// Nil when the result does not fit 64 bits.
    public func durationSince(_ other: CedarDatetime) -> CedarDuration? {
        milliseconds.minus(other.milliseconds).map(CedarDuration.init(milliseconds:))
    }

    /// Midnight of the same day in UTC; nil when that does not fit 64 bits.
    public var date: CedarDatetime? {
        milliseconds.minus(time.milliseconds).map(CedarDatetime.init(milliseconds:))
    }

    /// The time since midnight in UTC, never negative.
    public var time: CedarDuration {
        let rest = milliseconds % Self.day
        return CedarDuration(milliseconds: rest < 0 ? rest + Self.day : rest)
    }
}
