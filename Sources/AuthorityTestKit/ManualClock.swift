package import CanonicalEncoding
import Synchronization

/// A clock that moves when a test says so.
package final class ManualClock: Sendable {
    private let time: Mutex<Timestamp>

    package init(_ start: Timestamp = Timestamp(milliseconds: 1_790_000_000_000)) {
        time = Mutex(start)
    }

    package var now: Timestamp { time.withLock { $0 } }

    package func advance(milliseconds: Int64) {
        time.withLock { $0 = $0.adding(milliseconds: milliseconds) }
    }

    package func advance(seconds: Int64) { advance(milliseconds: seconds * 1000) }
}
