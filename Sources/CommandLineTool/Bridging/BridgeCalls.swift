import ModelContextProtocol
import Synchronization

/// The calls that are under way: each can be ended by its id, and none outlives the bridge.
final class BridgeCalls: Sendable {
    private struct Call {
        var task: Task<Void, Never>
        /// The revision has no sessions: ending the HTTP call is how it is cancelled.
        var isStateless: Bool
        var isCancelled = false
    }

    private struct State {
        var calls: [RPCID: Call] = [:]
        /// Not of the client: the stream of what the server says by itself.
        var others: [Task<Void, Never>] = []
        var onEmpty: AsyncStream<Void>.Continuation?
    }

    enum Admission { case begun, idInUse, tooMany }

    private let state = Mutex(State())
    private static let limit = 1024

    /// Runs `body` beside everything else until it returns or is cancelled.
    func begin(_ id: RPCID, isStateless: Bool, _ body: @escaping @Sendable () async -> Void) -> Admission {
        state.withLock { state in
            guard state.calls[id] == nil else { return .idInUse }
            guard state.calls.count < Self.limit else { return .tooMany }
            let task = Task {
                await body()
                self.remove(id)
            }
            state.calls[id] = Call(task: task, isStateless: isStateless)
            return .begun
        }
    }

    func beginOther(_ body: @escaping @Sendable () async -> Void) {
        state.withLock { $0.others.append(Task { await body() }) }
    }

    /// Notes that nobody waits for the answer. True: the call is ended with that, and the server needs no telling.
    func cancel(_ id: RPCID) -> Bool {
        state.withLock { state in
            guard let call = state.calls[id] else { return false }
            state.calls[id]?.isCancelled = true
            if call.isStateless { call.task.cancel() }
            return call.isStateless
        }
    }

    func isCancelled(_ id: RPCID) -> Bool { state.withLock { $0.calls[id]?.isCancelled ?? true } }

    /// Lets what is about to be answered be answered, for so long, and ends the rest.
    func end(within grace: Duration) async {
        let (empty, continuation) = AsyncStream<Void>.makeStream()
        state.withLock { state in
            if state.calls.isEmpty { continuation.finish() } else { state.onEmpty = continuation }
        }
        await withTaskGroup(of: Void.self) { group in
            group.addTask { for await _ in empty {} }
            group.addTask { try? await Task.sleep(for: grace) }
            await group.next()
            group.cancelAll()
        }
        let tasks = state.withLock { $0.calls.values.map(\.task) + $0.others }
        for task in tasks { task.cancel() }
        for task in tasks { await task.value }
    }

    private func remove(_ id: RPCID) {
        state.withLock { state in
            state.calls[id] = nil
            if state.calls.isEmpty { state.onEmpty?.finish() }
        }
    }
}
