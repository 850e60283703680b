package import CanonicalEncoding
import SecretMaterial

/// Time, chance and patience of a client: parameters, so that tests need neither.
package struct ClientSurroundings: Sendable {
    package var now: @Sendable () -> Timestamp
    /// So many bytes from the system's generator.
    package var random: @Sendable (Int) -> [UInt8]
    /// Returns early, by throwing, when the task is cancelled.
    package var sleep: @Sendable (Duration) async throws -> Void

    package init(
        now: @escaping @Sendable () -> Timestamp,
        random: @escaping @Sendable (Int) -> [UInt8] = { SystemRandom().bytes($0) },
        sleep: @escaping @Sendable (Duration) async throws -> Void = { try await Task.sleep(for: $0) }
    ) {
        self.now = now
        self.random = random
        self.sleep = sleep
    }
}
