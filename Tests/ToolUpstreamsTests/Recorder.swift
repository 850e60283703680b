import AuthorityPorts
import Synchronization
import Testing

/// Keeps what an upstream tells, and lets a test wait until something was told.
final class Recorder: Sendable {
    private let seen = Mutex<[UpstreamEvent]>([])

    var events: [UpstreamEvent] { seen.withLock { $0 } }

    func record(_ event: UpstreamEvent) { seen.withLock { $0.append(event) } }

    /// Waits for a condition on everything told so far.
    func wait(
        _ what: Comment, _ isMet: @Sendable ([UpstreamEvent]) -> Bool, sourceLocation: SourceLocation = #_sourceLocation
    ) async throws {
        let clock = ContinuousClock()
        let end = clock.now + .seconds(30)
        while !isMet(events) {
            guard clock.now < end else {
                Issue.record("\(what) was not seen: \(events)", sourceLocation: sourceLocation)
                throw CancellationError()
            }
            try await Task.sleep(for: .milliseconds(10))
        }
    }

    func waitUntilConnected(times: Int = 1) async throws {
        try await wait("a connection") { events in
            events.filter { if case .connected = $0 { true } else { false } }.count >= times
        }
    }
}
