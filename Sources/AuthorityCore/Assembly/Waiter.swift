import Synchronization

/// One who waits for one change: thousands do at a time, so it is a continuation and a few words, and neither a stream nor a
/// task that sleeps.
package final class Waiter: Sendable {
    package enum Ending {
        case changed
        /// Its time was over.
        case overdue
        /// Its client went away, or its task was cancelled.
        case cancelled
        /// The server takes no more calls.
        case drained
    }

    private struct State {
        var secondsLeft: Int64
        var ending: Ending?
        var continuation: CheckedContinuation<Ending, Never>?
        var place: UInt64?
    }

    let subject: WatchSubject
    private let state: Mutex<State>

    init(subject: WatchSubject, seconds: Int64) {
        self.subject = subject
        state = Mutex(State(secondsLeft: seconds))
    }

    /// Where the watch keeps it.
    var place: UInt64? {
        get { state.withLock { $0.place } }
        set { state.withLock { $0.place = newValue } }
    }

    /// Waits until it ends; at once where it has.
    package func ending() async -> Ending {
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let ended = state.withLock { state in
                    if state.ending == nil { state.continuation = continuation }
                    return state.ending
                }
                if let ended { continuation.resume(returning: ended) }
            }
        } onCancel: {
            end(.cancelled)
        }
    }

    /// The first ending counts.
    func end(_ ending: Ending) {
        let continuation = state.withLock { state -> CheckedContinuation<Ending, Never>? in
            guard state.ending == nil else { return nil }
            state.ending = ending
            return state.continuation.take()
        }
        continuation?.resume(returning: ending)
    }

    func letOneSecondPass() {
        let isOver = state.withLock { state in
            state.secondsLeft -= 1
            return state.secondsLeft <= 0
        }
        if isOver { end(.overdue) }
    }
}
