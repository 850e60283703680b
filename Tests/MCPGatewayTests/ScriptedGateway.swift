import AuthorityCore
import CanonicalEncoding
import DomainModel
import Hummingbird
import MCPGateway
import Synchronization
import WireProtocol

/// The use cases behind the plane, answering as a test says. What reaches them is kept.
final class ScriptedGateway: GatewayUseCases {
    typealias Script = @Sendable (GatewayCall, CallPatience) async throws(AuthorityError) -> CallAnswer

    private struct State {
        var script: Script = { _, _ in .result(["content": [["type": "text", "text": "done"]]]) }
        var performed: [GatewayCall] = []
        var cancelled: [DomainModel.RequestID] = []
        var tasks: [DomainModel.RequestID: GatewayTask] = [:]
        var lists: [GatewayList: [JSONObject]] = [:]
        var watchers: [AsyncStream<Void>.Continuation] = []
    }

    private let state = Mutex(State())
    private let changes: AsyncStream<GatewayListChange>
    private let changeSource: AsyncStream<GatewayListChange>.Continuation
    let cancellations: AsyncStream<DomainModel.RequestID>
    private let cancellationSource: AsyncStream<DomainModel.RequestID>.Continuation

    init() {
        (changes, changeSource) = AsyncStream.makeStream()
        (cancellations, cancellationSource) = AsyncStream.makeStream()
    }

    var performed: [GatewayCall] { state.withLock { $0.performed } }
    var cancelled: [DomainModel.RequestID] { state.withLock { $0.cancelled } }

    func answer(_ script: @escaping Script) { state.withLock { $0.script = script } }
    func answer(_ answer: CallAnswer) { self.answer { _, _ in answer } }
    func publish(_ kind: GatewayList, _ entries: [JSONObject]) { state.withLock { $0.lists[kind] = entries } }
    func have(_ task: GatewayTask) {
        let watchers = state.withLock { state in
            state.tasks[task.id] = task
            return state.watchers
        }
        for watcher in watchers { watcher.yield() }
    }

    func change(_ change: GatewayListChange) { changeSource.yield(change) }
    func endChanges() { changeSource.finish() }

    func exists(_ scope: GatewayScope) async throws(AuthorityError) -> Bool {
        scope == .everything || scope == .server("orders")
    }

    func list(
        _ kind: GatewayList, in scope: GatewayScope, for caller: AuthenticatedAgent
    ) async throws(AuthorityError) -> [JSONObject] {
        state.withLock { $0.lists[kind] ?? [] }
    }

    func perform(
        _ call: GatewayCall, for caller: AuthenticatedAgent, patience: CallPatience
    ) async throws(AuthorityError) -> CallAnswer {
        let script = state.withLock { state in
            state.performed.append(call)
            return state.script
        }
        return try await script(call, patience)
    }

    func task(
        _ id: DomainModel.RequestID, of caller: AuthenticatedAgent
    ) async throws(AuthorityError) -> GatewayTask {
        guard let task = state.withLock({ $0.tasks[id] }) else {
            throw AuthorityError(.notFound, "There is nothing here under that name for you.")
        }
        return task
    }

    func taskChange(
        _ id: DomainModel.RequestID, of caller: AuthenticatedAgent, since revision: Int64, seconds: Int64
    ) async throws(AuthorityError) -> GatewayTask {
        let (changed, source) = AsyncStream.makeStream(of: Void.self)
        state.withLock { $0.watchers.append(source) }
        let task = try await task(id, of: caller)
        guard task.revision == revision else { return task }
        for await _ in changed { break }
        return try await self.task(id, of: caller)
    }

    func tasks(of caller: AuthenticatedAgent) async throws(AuthorityError) -> [GatewayTask] {
        state.withLock { $0.tasks.values.sorted { $0.createdAt > $1.createdAt } }
    }

    func cancel(
        _ id: DomainModel.RequestID, by caller: AuthenticatedAgent
    ) async throws(AuthorityError) -> GatewayTask {
        state.withLock { $0.cancelled.append(id) }
        cancellationSource.yield(id)
        guard var task = state.withLock({ $0.tasks[id] }) else {
            throw AuthorityError(.notFound, "There is nothing here under that name for you.")
        }
        task.state = .cancelled
        task.revision += 1
        have(task)
        return task
    }

    func listChanges() -> AsyncStream<GatewayListChange> { changes }
}

/// A connection that hangs up when a test says so.
final class ScriptedLine: CallerLine {
    private struct State {
        var isGone = false
        var watchers: [AsyncStream<Void>.Continuation] = []
    }

    private let state = Mutex(State())
    /// Each time that somebody begins to care.
    let watched: AsyncStream<Void>
    private let watchedSource: AsyncStream<Void>.Continuation

    init() {
        (watched, watchedSource) = AsyncStream.makeStream()
    }

    func hangUp() {
        let watchers = state.withLock { state in
            state.isGone = true
            return state.watchers
        }
        for watcher in watchers { watcher.yield() }
    }

    func hangsUp(_ request: Request) async -> Bool {
        let (gone, source) = AsyncStream.makeStream(of: Void.self)
        let isGone = state.withLock { state in
            state.watchers.append(source)
            return state.isGone
        }
        watchedSource.yield()
        if isGone { return true }
        for await _ in gone { return true }
        return false
    }
}

/// What a script waits for.
final class Gate: Sendable {
    private let opening: AsyncStream<Void>
    private let source: AsyncStream<Void>.Continuation

    init() { (opening, source) = AsyncStream.makeStream() }

    func open() { source.yield() }

    /// False when the task was cancelled before.
    func passes() async -> Bool {
        for await _ in opening { return true }
        return false
    }
}
