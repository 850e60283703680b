package import CanonicalEncoding
import Synchronization

/// A token bucket for each key, kept as the one number that says when it will be full again. It decides nothing about the
/// authority's objects, so it lives in memory alone: a restart forgives.
///
/// Memory is bounded. A full bucket says as much as none, so that full ones are dropped when room is needed; while there is
/// still no room, keys that are not known yet share one bucket.
package final class RateLimiter: Sendable {
    private struct Buckets {
        /// When each is full again, in nanoseconds of Unix time.
        var fullAt: [Text: Int64] = [:]
        /// For keys that find no room.
        var othersFullAt: Int64 = 0
        /// Dropping costs a look at every bucket: at most once in a second.
        var droppedAt: Int64 = 0
    }

    package static let capacity = 16_384
    private static let second: Int64 = 1_000_000_000

    private let buckets = Mutex(Buckets())
    private let price: Int64
    private let depth: Int64
    private let capacity: Int

    package init(_ limit: RateLimit, capacity: Int = RateLimiter.capacity) {
        price = Self.second / limit.perSecond
        depth = price * limit.burst
        self.capacity = capacity
    }

    /// The number of buckets that are kept now.
    package var count: Int { buckets.withLock { $0.fullAt.count } }

    /// Takes one from the key's bucket. Nil: there was one; otherwise the whole seconds until there is, at least 1.
    package func secondsToWait(_ key: Text, at time: Timestamp) -> Int? {
        let now = time.milliseconds &* 1_000_000
        return buckets.withLock { buckets in
            let isKept = hasRoom(for: key, at: now, in: &buckets)
            let kept = isKept ? buckets.fullAt[key] ?? 0 : buckets.othersFullAt
            // Further away than an empty bucket: the clock went back, and nobody is locked out for the difference.
            let after = (kept > now &+ depth ? now : max(kept, now)) &+ price
            guard after &- now <= depth else {
                return Int((after &- now &- depth &+ Self.second &- 1) / Self.second)
            }
            if isKept { buckets.fullAt[key] = after } else { buckets.othersFullAt = after }
            return nil
        }
    }

    private func hasRoom(for key: Text, at now: Int64, in buckets: inout Buckets) -> Bool {
        guard buckets.fullAt.count >= capacity, buckets.fullAt[key] == nil else { return true }
        if (now &- buckets.droppedAt).magnitude >= Self.second.magnitude {
            buckets.droppedAt = now
            buckets.fullAt = buckets.fullAt.filter { $0.value > now }
        }
        return buckets.fullAt.count < capacity
    }
}
