/// Back-off with jitter: the wait doubles from a quarter of a second to ten, and a random part of it is left out, so that a
/// thousand clients of one restarted server do not return in one instant.
package struct Retry {
    private var attempt = 0
    private let random: @Sendable (Int) -> [UInt8]

    package init(random: @escaping @Sendable (Int) -> [UInt8]) {
        self.random = random
    }

    /// How long to wait before the next attempt: between half of the step and the whole of it.
    package mutating func pause() -> Duration {
        let step = min(10_000, 250 << min(attempt, 6))
        attempt &+= 1
        let chance = random(2).reduce(0) { $0 << 8 | Int($1) }
        return .milliseconds(step / 2 + (step / 2) * chance / 65_536)
    }
}
