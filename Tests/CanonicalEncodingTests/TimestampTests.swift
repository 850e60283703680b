import CanonicalEncoding
import Testing

struct TimestampTests {
    static let times: [(String, Int64)] = [
        ("1970-01-01T00:00:00Z", 0), ("1970-01-01T00:00:00.001Z", 1), ("1969-12-31T23:59:59.999Z", -1),
        ("2026-11-21T09:00:00.123Z", 1_795_251_600_123), ("2026-11-21T10:30:00.123+01:30", 1_795_251_600_123),
        ("2026-11-20T23:00:00.123-10:00", 1_795_251_600_123), ("2026-11-21T09:00:00.123-00:00", 1_795_251_600_123),
        ("2026-11-21T09:00:00.1239999999999999999999Z", 1_795_251_600_123),
        ("2026-11-21T09:00:00.1Z", 1_795_251_600_100),
        ("2000-02-29T12:00:00Z", 951_825_600_000), ("2024-02-29T00:00:00Z", 1_709_164_800_000),
        ("0000-01-01T00:00:00.000Z", -62_167_219_200_000), ("9999-12-31T23:59:59.999Z", 253_402_300_799_999),
        ("1900-03-01T00:00:00Z", -2_203_891_200_000), ("2026-11-21T09:00:00.123+23:59", 1_795_251_600_123 - 86_340_000),
    ]

    @Test(arguments: times)
    func `a time of RFC 3339 is a point in time`(text: String, milliseconds: Int64) {
        #expect(Timestamp(rfc3339: text)?.milliseconds == milliseconds)
    }

    @Test(arguments: [
        "", "2026-11-21", "2026-11-21T09:00:00", "2026-11-21T09:00Z", "2026-11-21 09:00:00Z", "2026-11-21t09:00:00Z",
        "2026-11-21T09:00:00z", "2026-02-29T00:00:00Z", "2026-02-30T00:00:00Z", "1900-02-29T00:00:00Z",
        "2026-04-31T00:00:00Z", "2026-00-10T00:00:00Z", "2026-13-10T00:00:00Z", "2026-01-00T00:00:00Z",
        "2026-01-32T00:00:00Z", "2026-11-21T24:00:00Z", "2026-11-21T23:60:00Z", "2026-11-21T23:59:60Z",
        "2016-12-31T23:59:60Z", "2026-11-21T09:00:00.Z", "2026-11-21T09:00:00,5Z", "2026-11-21T09:00:00+0100",
        "2026-11-21T09:00:00+01", "2026-11-21T09:00:00+24:00", "2026-11-21T09:00:00+01:60", "2026-11-21T09:00:00ZZ",
        "2026-11-21T09:00:00Z ", " 2026-11-21T09:00:00Z", "2026-11-21T9:00:00Z", "26-11-21T09:00:00Z",
        "12026-11-21T09:00:00Z", "-2026-11-21T09:00:00Z", "+2026-11-21T09:00:00Z", "2026-1-21T09:00:00Z",
        "0000-01-01T00:00:00+00:01", "9999-12-31T23:59:59-00:01", "２026-11-21T09:00:00Z",
        "2026-11-21T09:00:00\u{2212}01:00",
        "2026-W47-6T09:00:00Z", "2026-325T09:00:00Z", "2026-11-21T09:00:00Z\u{0}",
    ])
    func `what only resembles a time is refused`(text: String) {
        #expect(Timestamp(rfc3339: text) == nil)
    }

    static let points: [(Int64, String)] = [
        (0, "1970-01-01T00:00:00.000Z"), (-1, "1969-12-31T23:59:59.999Z"),
        (1_795_251_600_123, "2026-11-21T09:00:00.123Z"),
        (Int64.min, "0000-01-01T00:00:00.000Z"), (Int64.max, "9999-12-31T23:59:59.999Z"),
        (-62_167_219_200_001, "0000-01-01T00:00:00.000Z"), (951_782_400_000, "2000-02-29T00:00:00.000Z"),
    ]

    @Test(arguments: points)
    func `a point in time is written in UTC with milliseconds`(milliseconds: Int64, text: String) {
        #expect(Timestamp(milliseconds: milliseconds).rfc3339 == text)
    }

    @Test func `every day of ten thousand years is written as the calendar has it and comes back`() {
        let lengths = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
        var milliseconds: Int64 = -62_167_219_200_000
        var mistakes = 0
        for year in 0..<10_000 {
            let isLeap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
            for month in 1...12 {
                let days = month == 2 && isLeap ? 29 : lengths[month - 1]
                // First and last of each month: what lies between them counts up by one.
                for day in [1, days] where year % 9 == 4 || year % 100 == 0 {
                    let text = Timestamp(milliseconds: milliseconds + Int64(day - 1) * 86_400_000).rfc3339
                    let expected = pad(year, 4) + "-" + pad(month, 2) + "-" + pad(day, 2) + "T00:00:00.000Z"
                    if Array(text.utf8) != Array(expected.utf8) { mistakes += 1 }
                    if Timestamp(rfc3339: text)?.milliseconds != milliseconds + Int64(day - 1) * 86_400_000 {
                        mistakes += 1
                    }
                }
                milliseconds += Int64(days) * 86_400_000
            }
        }
        #expect(mistakes == 0)
        #expect(milliseconds == 253_402_300_800_000)
    }

    @Test func `arithmetic ends at the limits instead of trapping`() {
        #expect(Timestamp(milliseconds: .max).adding(milliseconds: 1).milliseconds == .max)
        #expect(Timestamp(milliseconds: .min).adding(milliseconds: -1).milliseconds == .min)
        #expect(Timestamp(milliseconds: 5).adding(seconds: .max).milliseconds == .max)
        #expect(Timestamp(milliseconds: 5).adding(seconds: .min).milliseconds == .min)
        #expect(Timestamp(seconds: .max).milliseconds == .max)
        #expect(Timestamp(seconds: .min).milliseconds == .min)
        #expect(Timestamp(milliseconds: .min).seconds == -9_223_372_036_854_776)
        #expect(Timestamp(milliseconds: -1).seconds == -1)
        #expect(Timestamp(milliseconds: 1999).seconds == 1)
        #expect(Timestamp(seconds: 2).adding(seconds: 3).adding(milliseconds: -1).milliseconds == 4999)
    }

    private func pad(_ value: Int, _ width: Int) -> String {
        let digits = String(value)
        return String(repeating: "0", count: width - digits.utf8.count) + digits
    }
}
