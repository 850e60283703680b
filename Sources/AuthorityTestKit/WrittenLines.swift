import Logging
import Synchronization

/// What was logged, a line each: `error a message key=value …`, keys in their order.
package final class WrittenLines: Sendable {
    private let lines = Mutex<[String]>([])

    package init() {}

    package var all: [String] { lines.withLock { $0 } }

    var logger: Logger { Logger(label: "test") { _ in Writer(lines: self) } }

    private struct Writer: LogHandler {
        let lines: WrittenLines
        var metadata: Logger.Metadata = [:]
        var logLevel: Logger.Level = .warning

        subscript(metadataKey key: String) -> Logger.Metadata.Value? {
            get { metadata[key] }
            set { metadata[key] = newValue }
        }

        func log(event: LogEvent) {
            let metadata = metadata.merging(event.metadata ?? [:]) { _, new in new }
            let pairs = metadata.sorted { $0.key < $1.key }.map { " \($0.key)=\($0.value)" }.joined()
            lines.lines.withLock { $0.append("\(event.level) \(event.message)\(pairs)") }
        }
    }
}
