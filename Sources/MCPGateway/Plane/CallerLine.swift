package import Hummingbird

/// The connection to whoever called.
package protocol CallerLine: Sendable {
    /// Returns true as soon as the caller has hung up, and false when the task is cancelled before. Whoever has listened to a
    /// connection owns it to the end: nothing else is read from it.
    func hangsUp(_ request: Request) async -> Bool
}

/// A real connection. What only waits is never told otherwise that its client is gone.
struct ConnectionLine: CallerLine {
    func hangsUp(_ request: Request) async -> Bool {
        do {
            return try await request.body.consumeWithCancellationOnInboundClose { _ in
                while true { try await Task.sleep(for: .seconds(3_600)) }
            }
        } catch {
            return !Task.isCancelled
        }
    }
}
