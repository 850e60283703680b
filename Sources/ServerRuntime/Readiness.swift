import Synchronization

/// Says when every listener is bound.
final class Readiness: Sendable {
    private struct State {
        var missing: Int
        var hasGivenUp = false
        var waiters: [CheckedContinuation<Void, Never>] = []
    }

    private let state: Mutex<State>

    /// - Parameter listeners: how many are to be bound.
    init(listeners: Int) {
        state = Mutex(State(missing: listeners))
    }

    var isReady: Bool { state.withLock { $0.missing <= 0 } }

    var hasGivenUp: Bool { state.withLock { $0.hasGivenUp } }

    func oneIsBound() {
        release { $0.missing -= 1 }
    }

    /// Nothing will be bound any more: whoever waits finds out from the service group.
    func giveUp() {
        release {
            $0.missing = 0
            $0.hasGivenUp = true
        }
    }

    private func release(_ change: (inout State) -> Void) {
        let woken = state.withLock { state in
            change(&state)
            guard state.missing <= 0 else { return [CheckedContinuation<Void, Never>]() }
            defer { state.waiters = [] }
            return state.waiters
        }
        for waiter in woken { waiter.resume() }
    }

    func wait() async {
        await withCheckedContinuation { continuation in
            let isReady = state.withLock { state in
                if state.missing > 0 { state.waiters.append(continuation) }
                return state.missing <= 0
            }
            if isReady { continuation.resume() }
        }
    }
}
