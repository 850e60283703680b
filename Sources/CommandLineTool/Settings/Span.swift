import ArgumentParser

/// A length of time on the command line: `90s`, `30m`, `2h`, `90d`.
struct Span: ExpressibleByArgument, Hashable, Sendable {
    var seconds: Int64

    init(seconds: Int64) {
        self.seconds = seconds
    }

    /// Digits and one unit; at most ten years.
    init?(argument: String) {
        let units: [UInt8: Int64] = [0x73: 1, 0x6D: 60, 0x68: 3600, 0x64: 86_400]
        guard let last = argument.utf8.last, let unit = units[last], (2...10).contains(argument.utf8.count),
            argument.utf8.dropLast().allSatisfy({ (0x30...0x39).contains($0) }),
            let count = Int64(argument.dropLast()), count > 0
        else { return nil }
        let (seconds, overflow) = count.multipliedReportingOverflow(by: unit)
        guard !overflow, seconds <= 315_360_000 else { return nil }
        self.seconds = seconds
    }

    var defaultValueDescription: String {
        seconds % 86_400 == 0 ? "\(seconds / 86_400)d" : seconds % 60 == 0 ? "\(seconds / 60)m" : "\(seconds)s"
    }
}
