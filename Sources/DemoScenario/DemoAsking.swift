import Synchronization

/// Whether the agent still asks, for whoever would otherwise wait for a request that never comes.
final class DemoAsking: Sendable {
    private let hasEnded = Atomic(false)

    var isGoingOn: Bool { !hasEnded.load(ordering: .acquiring) }

    func during<Value>(_ ask: () async throws -> Value) async rethrows -> Value {
        defer { hasEnded.store(true, ordering: .releasing) }
        return try await ask()
    }
}
