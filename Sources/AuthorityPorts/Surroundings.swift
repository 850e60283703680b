package import CanonicalEncoding

/// Time and randomness, as parameters.
package struct Surroundings: Sendable {
    /// The current time. It may jump; whoever compares it with a stored time says what follows.
    package let now: @Sendable () -> Timestamp
    /// Bytes of the system's generator.
    package let random: @Sendable (Int) -> [UInt8]

    package init(now: @escaping @Sendable () -> Timestamp, random: @escaping @Sendable (Int) -> [UInt8]) {
        self.now = now
        self.random = random
    }
}
