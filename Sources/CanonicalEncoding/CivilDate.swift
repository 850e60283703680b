/// A day of the Gregorian calendar, counted back before its introduction (ISO 8601), in the years 0000 to 9999.
struct CivilDate: Hashable {
    let year: Int
    let month: Int
    let day: Int

    /// Nil when there is no such day.
    init?(year: Int, month: Int, day: Int) {
        guard (0...9999).contains(year), (1...12).contains(month), day >= 1,
            day <= Self.length(ofMonth: month, inYear: year)
        else { return nil }
        self.year = year
        self.month = month
        self.day = day
    }

    /// Day 0 is 0000-01-01; days outside of the years 0000 to 9999 count as the nearest one within.
    init(daysSinceYearZero days: Int) {
        let days = min(max(days, 0), Self.days(beforeYear: 10000) - 1)
        // 400 years are 146,097 days; the estimate is short by one year at most.
        var year = days * 400 / 146_097
        while Self.days(beforeYear: year + 1) <= days { year += 1 }
        while Self.days(beforeYear: year) > days { year -= 1 }
        var rest = days - Self.days(beforeYear: year)
        var month = 1
        while rest >= Self.length(ofMonth: month, inYear: year) {
            rest -= Self.length(ofMonth: month, inYear: year)
            month += 1
        }
        self.year = year
        self.month = month
        day = rest + 1
    }

    var daysSinceYearZero: Int {
        var days = Self.days(beforeYear: year) + day - 1
        for earlier in 1..<month { days += Self.length(ofMonth: earlier, inYear: year) }
        return days
    }

    private static func isLeap(_ year: Int) -> Bool {
        year.isMultiple(of: 4) && (!year.isMultiple(of: 100) || year.isMultiple(of: 400))
    }

    private static func length(ofMonth month: Int, inYear year: Int) -> Int {
        switch month {
        case 2: isLeap(year) ? 29 : 28
        case 4, 6, 9, 11: 30
        default: 31
        }
    }

    /// Year 0 is a leap year, so the leap years before `year` are counted from -1.
    private static func days(beforeYear year: Int) -> Int {
        guard year > 0 else { return 0 }
        let last = year - 1
        return year * 365 + last / 4 - last / 100 + last / 400 + 1
    }
}
