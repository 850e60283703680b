import AuthorityCore
import Synchronization

/// What can come between a call and its answer, said from outside of the call. One task at a time listens; it may stop and listen again,
/// and misses nothing (an `AsyncStream` would be over with the first listener that is cancelled).
final class Interruption: Sendable {
    enum Event: Sendable {
        /// It begins to wait for people: from now on it matters whether the caller is there.
        case waits
        /// The caller takes the call back.
        case cancelled
        /// The caller is gone.
        case abandoned
    }

    private struct State {
        /// What nobody has been told yet.
        var events: [Event] = []
        /// Who listens after the caller has taken its call back, or is gone, is told so each time.
        var end: Event?
        var listener: CheckedContinuation<Event?, Never>?
        var request: WaitingCall?
    }

    private let state = Mutex(State())

    /// The request behind the call, since it waits.
    var request: WaitingCall? { state.withLock { $0.request } }

    func cancel() { tell(.cancelled) }
    func abandon() { tell(.abandoned) }

    func wait(for call: WaitingCall) {
        let isNew = state.withLock { state in
            defer { state.request = call }
            return state.request == nil
        }
        if isNew { tell(.waits) }
    }

    /// Nil when the task is cancelled before.
    func next() async -> Event? {
        await withTaskCancellationHandler {
            await withCheckedContinuation { listener in
                let (event, isDecided) = state.withLock { state -> (Event?, Bool) in
                    if !state.events.isEmpty { return (state.events.removeFirst(), true) }
                    if let end = state.end { return (end, true) }
                    if Task.isCancelled { return (nil, true) }
                    state.listener = listener
                    return (nil, false)
                }
                if isDecided { listener.resume(returning: event) }
            }
        } onCancel: {
            state.withLock { $0.listener.take() }?.resume(returning: nil)
        }
    }

    /// Returns when the caller does not want the answer any more: true when it took the call back, false when it is gone, nil when the
    /// task is cancelled before.
    func isTakenBack() async -> Bool? {
        while let event = await next() {
            switch event {
            case .cancelled: return true
            case .abandoned: return false
            case .waits: continue
            }
        }
        return nil
    }

    private func tell(_ event: Event) {
        let listener = state.withLock { state -> CheckedContinuation<Event?, Never>? in
            let listener = state.listener.take()
            switch event {
            case .cancelled, .abandoned: state.end = state.end ?? event
            case .waits: if listener == nil { state.events.append(event) }
            }
            return listener
        }
        listener?.resume(returning: event)
    }
}
