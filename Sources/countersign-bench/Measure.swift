import CanonicalEncoding
import Foundation

/// Wall and CPU time of this process in microseconds.
struct Stopwatch {
    private let wall = Stopwatch.wallNow()
    private let processor = Stopwatch.processorNow()

    var wallMicroseconds: Double { Self.wallNow() - wall }
    var processorMicroseconds: Double { Self.processorNow() - processor }

    static func wallNow() -> Double {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return Double(time.tv_sec) * 1e6 + Double(time.tv_nsec) / 1e3
    }

    /// User and system time of every thread.
    private static func processorNow() -> Double {
        var usage = rusage()
        getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
        return Double(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) * 1e6
            + Double(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec)
    }

    static func timestamp() -> Timestamp {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return Timestamp(milliseconds: Int64(time.tv_sec) * 1000 + Int64(time.tv_nsec) / 1_000_000)
    }

    /// CPU of one call, the least of five rounds.
    static func processor(count: Int, _ body: () -> Void) -> Double {
        (0..<5).map { _ in
            let watch = Stopwatch()
            for _ in 0..<count { body() }
            return watch.processorMicroseconds / Double(count)
        }.min() ?? 0
    }
}

/// Times of single operations in microseconds.
struct Latencies {
    private let sorted: [Double]

    init(_ times: [Double]) { sorted = times.sorted() }

    func percentile(_ share: Double) -> Double {
        guard !sorted.isEmpty else { return 0 }
        return sorted[min(sorted.count - 1, Int(Double(sorted.count) * share))]
    }
}
