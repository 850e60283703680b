package import CanonicalEncoding
import SecretMaterial

/// Time, chance and patience of a client: parameters, so that tests need neither.
package struct ClientSurroundings: Sendable {
    package var now: @Sendable () -> Timestamp
    /// So many bytes from the system's generator.
    package var random: @Sendable (Int) -> [UInt8]
    /// Returns early, by throwing, when the task is cancelled.
    package var sleep: @Sendable (Duration) async throws -> Void
    /// Told why a call is made again, for whoever waits and wonders.
    package var repeating: @Sendable (ClientError) -> Void

    package init(
        now: @escaping @Sendable () -> Timestamp,
        random: @escaping @Sendable (Int) -> [UInt8] = { SystemRandom().bytes($0) },
        sleep: @escaping @Sendable (Duration) async throws -> Void = { try await Task.sleep(for: $0) },
        repeating: @escaping @Sendable (ClientError) -> Void = { _ in }
    ) {
        self.now = now
        self.random = random
        self.sleep = sleep
        self.repeating = repeating
    }
}
