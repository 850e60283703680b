package import Metrics
import Synchronization

/// Counts, gauges and timers of this process, and their Prometheus text (exposition format 0.0.4).
///
/// A label set is fixed where it is counted, never made from what a caller sends: the number of series is bounded.
package final class MetricsRegistry: MetricsFactory {
    /// The one that the process reports to. Bootstrapped once, since swift-metrics allows no more.
    package static let shared: MetricsRegistry = {
        let registry = MetricsRegistry()
        MetricsSystem.bootstrap(registry)
        return registry
    }()

    struct SeriesKey: Hashable, Sendable {
        var label: String
        var dimensions: [Dimension]

        struct Dimension: Hashable, Sendable {
            var name: String
            var value: String
        }

        init(_ label: String, _ dimensions: [(String, String)]) {
            self.label = label
            self.dimensions = dimensions.map { Dimension(name: $0.0, value: $0.1) }.sorted { $0.name < $1.name }
        }
    }

    private let series = Mutex<[SeriesKey: any MetricSeries]>([:])

    package init() {}

    private func find<Series: MetricSeries>(_ key: SeriesKey, _ make: () -> Series) -> Series {
        series.withLock { all in
            if let found = all[key] as? Series { return found }
            let made = make()
            all[key] = made
            return made
        }
    }

    package func makeCounter(label: String, dimensions: [(String, String)]) -> any CounterHandler {
        find(SeriesKey(label, dimensions)) { CountSeries() }
    }

    package func makeFloatingPointCounter(
        label: String, dimensions: [(String, String)]
    ) -> any FloatingPointCounterHandler {
        find(SeriesKey(label, dimensions)) { GaugeSeries(type: "counter") }
    }

    package func makeMeter(label: String, dimensions: [(String, String)]) -> any MeterHandler {
        find(SeriesKey(label, dimensions)) { GaugeSeries(type: "gauge") }
    }

    package func makeRecorder(label: String, dimensions: [(String, String)], aggregate: Bool) -> any RecorderHandler {
        find(SeriesKey(label, dimensions)) { GaugeSeries(type: "gauge") }
    }

    package func makeTimer(label: String, dimensions: [(String, String)]) -> any TimerHandler {
        find(SeriesKey("\(label)_seconds", dimensions)) { TimerSeries() }
    }

    // Series live as long as the process: a count that vanishes reads as a reset.
    package func destroyCounter(_ handler: any CounterHandler) {}
    package func destroyFloatingPointCounter(_ handler: any FloatingPointCounterHandler) {}
    package func destroyMeter(_ handler: any MeterHandler) {}
    package func destroyRecorder(_ handler: any RecorderHandler) {}
    package func destroyTimer(_ handler: any TimerHandler) {}

    /// Sorted by name, so that two scrapes of the same state are the same text.
    package var prometheusText: String {
        let all = series.withLock { $0 }
        let families = Dictionary(grouping: all) { Self.sanitised($0.key.label) }
        var text = ""
        for (name, members) in families.sorted(by: { $0.key < $1.key }) {
            text += "# TYPE \(name) \(members[0].value.type)\n"
            let rows = members.map { (labels: Self.labels($0.key.dimensions), series: $0.value) }
            for row in rows.sorted(by: { $0.labels < $1.labels }) {
                text += row.series.samples(name: name, labels: row.labels)
            }
        }
        return text
    }

    private static func sanitised(_ label: String) -> String {
        String(label.map { $0.isASCII && ($0.isLetter || $0.isNumber) ? $0 : "_" })
    }

    private static func labels(_ dimensions: [SeriesKey.Dimension]) -> String {
        dimensions.map { dimension in
            let value = dimension.value.flatMap { character -> String in
                switch character {
                case "\\": "\\\\"
                case "\"": "\\\""
                case "\n": "\\n"
                default: String(character)
                }
            }
            return "\(sanitised(dimension.name))=\"\(String(value))\""
        }.joined(separator: ",")
    }
}
