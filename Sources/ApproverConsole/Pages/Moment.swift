import CanonicalEncoding

/// A point in time as pages show it: absolute, with its zone, and with what a machine reads beside it.
struct Moment: Sendable {
    let iso: String
    /// To the second: for what is evidence.
    let text: String
    /// To the minute, cut and never rounded up: for lists and deadlines.
    let minute: String
    /// The day alone, for what lasts for weeks.
    let day: String
    /// Time left, where the point is a deadline.
    let left: String

    init(_ time: Timestamp, now: Timestamp? = nil) {
        iso = time.rfc3339
        // 2026-11-21T09:00:00.123Z → 2026-11-21 09:00:00 UTC
        let bytes = Array(iso.utf8.prefix(19)).map { $0 == UInt8(ascii: "T") ? UInt8(ascii: " ") : $0 }
        text = String(decoding: bytes, as: UTF8.self) + " UTC"
        minute = String(decoding: bytes.prefix(16), as: UTF8.self) + " UTC"
        day = String(decoding: bytes.prefix(10), as: UTF8.self)
        left = now.map { Self.left(until: time, now: $0) } ?? ""
    }

    /// The same words as `countDown` of console.js.
    static func left(until time: Timestamp, now: Timestamp) -> String {
        let minutes = (time.milliseconds - now.milliseconds) / 60_000
        if time <= now { return "time is up" }
        if minutes < 1 { return "less than a minute left" }
        if minutes < 120 { return "\(minutes) min left" }
        if minutes < 2880 { return "\(minutes / 60) h left" }
        return "\(minutes / 1440) days left"
    }

    /// A length of time in words, rounded down: `45 s`, `12 min`, `3 h`, `2 days`.
    static func length(seconds: Int64) -> String {
        if seconds < 120 { return "\(seconds) s" }
        if seconds < 7200 { return "\(seconds / 60) min" }
        if seconds < 172_800 { return "\(seconds / 3600) h" }
        return "\(seconds / 86_400) days"
    }
}
