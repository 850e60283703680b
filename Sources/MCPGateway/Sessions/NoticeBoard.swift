import AuthorityCore
import CanonicalEncoding
import DomainModel
import Synchronization

/// What an open stream is told.
enum Notice: Hashable, Sendable {
    case changed(GatewayListChange)
    /// Nothing happened, and the stream is still there.
    case sign
}

/// One open stream of a client that wants to hear of changes. It is dropped by its reader, or ended from here.
final class Listener: Sendable {
    let notices: AsyncStream<Notice>
    fileprivate let scope: GatewayScope
    fileprivate let agent: AgentID
    private let source: AsyncStream<Notice>.Continuation
    private let over: AsyncStream<Never>
    private let overSource: AsyncStream<Never>.Continuation

    fileprivate init(scope: GatewayScope, agent: AgentID) {
        self.scope = scope
        self.agent = agent
        // Whoever reads too slowly misses what it will read again with the next list.
        (notices, source) = AsyncStream.makeStream(of: Notice.self, bufferingPolicy: .bufferingNewest(64))
        (over, overSource) = AsyncStream.makeStream(of: Never.self)
    }

    func tell(_ notice: Notice) { source.yield(notice) }

    func end() {
        source.finish()
        overSource.finish()
    }

    /// Returns when it has ended, or the task is cancelled.
    func ending() async {
        for await _ in over {}
    }
}

/// Passes on that lists changed. It keeps nothing: whoever is told reads the list.
final class NoticeBoard: Sendable {
    private struct State {
        var listeners: [ObjectIdentifier: Listener] = [:]
        var isDrained = false
    }

    private let state = Mutex(State())

    /// The number of open streams, for tests that nothing is left behind.
    var count: Int { state.withLock { $0.listeners.count } }
    var isDrained: Bool { state.withLock { $0.isDrained } }

    /// After `drain`, a listener that has ended already.
    func listener(for scope: GatewayScope, of agent: AgentID) -> Listener {
        let listener = Listener(scope: scope, agent: agent)
        let isOpen = state.withLock { state in
            if !state.isDrained { state.listeners[ObjectIdentifier(listener)] = listener }
            return !state.isDrained
        }
        if !isOpen { listener.end() }
        return listener
    }

    func count(of agent: AgentID) -> Int { listeners.count { $0.agent == agent } }

    func remove(_ listener: Listener) {
        state.withLock { $0.listeners[ObjectIdentifier(listener)] = nil }
        listener.end()
    }

    func publish(_ change: GatewayListChange) {
        for listener in listeners where listener.scope == .everything || listener.scope == .server(change.server) {
            listener.tell(.changed(change))
        }
    }

    func giveSign() {
        for listener in listeners { listener.tell(.sign) }
    }

    /// Ends every stream, now and from now on.
    func drain() {
        let ended = state.withLock { state in
            state.isDrained = true
            defer { state.listeners = [:] }
            return Array(state.listeners.values)
        }
        for listener in ended { listener.end() }
    }

    private var listeners: [Listener] { state.withLock { Array($0.listeners.values) } }
}

extension GatewayListChange {
    /// The notification of every revision for it; templates have no list of their own there.
    var method: Text {
        switch list {
        case .tools: "notifications/tools/list_changed"
        case .prompts: "notifications/prompts/list_changed"
        case .resources, .resourceTemplates: "notifications/resources/list_changed"
        }
    }
}
