import Metrics
import Synchronization

/// One series: a number, or a histogram, that grows.
protocol MetricSeries: AnyObject, Sendable {
    /// `counter`, `gauge` or `histogram`.
    var type: String { get }
    /// Lines of the exposition format.
    func samples(name: String, labels: String) -> String
}

/// A whole number that grows.
final class CountSeries: MetricSeries, CounterHandler {
    private let count = Mutex<Int64>(0)

    let type = "counter"

    func increment(by amount: Int64) {
        count.withLock { $0 &+= amount }
    }

    func reset() {
        count.withLock { $0 = 0 }
    }

    func samples(name: String, labels: String) -> String {
        "\(name)\(labels.isEmpty ? "" : "{\(labels)}") \(count.withLock { $0 })\n"
    }
}

/// A number that goes up and down, or a sum of fractions.
final class GaugeSeries: MetricSeries, MeterHandler, RecorderHandler, FloatingPointCounterHandler {
    private let number = Mutex<Double>(0)

    let type: String

    init(type: String) { self.type = type }

    func set(_ value: Int64) { number.withLock { $0 = Double(value) } }
    func set(_ value: Double) { number.withLock { $0 = value } }
    func increment(by amount: Double) { number.withLock { $0 += amount } }
    func decrement(by amount: Double) { number.withLock { $0 -= amount } }
    func record(_ value: Int64) { set(value) }
    func record(_ value: Double) { set(value) }
    func reset() { set(0 as Double) }

    func samples(name: String, labels: String) -> String {
        "\(name)\(labels.isEmpty ? "" : "{\(labels)}") \(number.withLock { $0 })\n"
    }
}

/// Durations in a histogram.
final class TimerSeries: MetricSeries, TimerHandler {
    private struct State {
        var counts: [Int64]
        var sumNanoseconds: Double = 0
    }

    /// Upper ends in seconds: from a read that is cached to a write behind a slow disk.
    private static let bounds: [Double] = [0.001, 0.005, 0.02, 0.1, 0.5, 2, 10]

    private let state = Mutex(State(counts: [Int64](repeating: 0, count: bounds.count + 1)))

    let type = "histogram"

    func recordNanoseconds(_ duration: Int64) {
        let seconds = Double(duration) / 1e9
        let bucket = Self.bounds.firstIndex { seconds <= $0 } ?? Self.bounds.count
        state.withLock {
            $0.counts[bucket] += 1
            $0.sumNanoseconds += Double(duration)
        }
    }

    func samples(name: String, labels: String) -> String {
        let state = state.withLock { $0 }
        let prefix = labels.isEmpty ? "" : "\(labels),"
        let suffix = labels.isEmpty ? "" : "{\(labels)}"
        var text = ""
        var total: Int64 = 0
        for (count, bound) in zip(state.counts, Self.bounds.map { "\($0)" } + ["+Inf"]) {
            total += count
            text += "\(name)_bucket{\(prefix)le=\"\(bound)\"} \(total)\n"
        }
        return text + "\(name)_sum\(suffix) \(state.sumNanoseconds / 1e9)\n\(name)_count\(suffix) \(total)\n"
    }
}
