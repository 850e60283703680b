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
        var request = request
        // The body has been read to its end, which Hummingbird would wait for once more; it stops the process where it never comes.
        // An empty body in its place has an end, and what is listened to begins behind the real one.
        request.body = RequestBody(buffer: ByteBuffer())
        do {
            return try await request.body.consumeWithCancellationOnInboundClose { _ in
                while true { try await Task.sleep(for: .seconds(3_600)) }
            }
        } catch {
            return !Task.isCancelled
        }
    }
}
