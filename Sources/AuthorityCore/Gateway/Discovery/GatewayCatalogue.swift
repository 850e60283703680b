package import CanonicalEncoding
import DomainModel
import Synchronization

/// What the tool servers behind the gateway offer, ready for calls: schemas compiled, lists as they came.
///
/// It decides nothing. What may be called is what the store has registered; `ToolDiscovery` makes this from it, and a claim reads
/// the store again.
package final class GatewayCatalogue: Sendable {
    private struct State {
        var servers: [Text: CatalogueServer] = [:]
        var listeners: [UInt64: AsyncStream<GatewayListChange>.Continuation] = [:]
        var next: UInt64 = 0
    }

    private let state = Mutex(State())
    private static let keptLines = 20
    /// A listener that is slower learns from the newest that there is something to look at.
    private static let keptChanges = 64

    init() {}

    /// By name.
    package var servers: [CatalogueServer] {
        state.withLock { Array($0.servers.values) }.sorted { $0.registration.server.name < $1.registration.server.name }
    }

    package func server(_ name: Text) -> CatalogueServer? { state.withLock { $0.servers[name] } }

    /// A tool that can be called, or a ``ServerMethod`` that the server takes.
    package func tool(_ server: Text, _ name: Text) -> CatalogueTool? {
        state.withLock { $0.servers[server]?.tools[name] }
    }

    /// Each change of a list from now on, until the stream is dropped.
    package func changes() -> AsyncStream<GatewayListChange> {
        let (stream, listener) = AsyncStream<GatewayListChange>.makeStream(
            bufferingPolicy: .bufferingNewest(Self.keptChanges))
        let id = state.withLock { state in
            state.next &+= 1
            state.listeners[state.next] = listener
            return state.next
        }
        listener.onTermination = { [weak self] _ in self?.forget(id) }
        return stream
    }

    private func forget(_ listener: UInt64) { state.withLock { $0.listeners[listener] = nil } }

    /// How many listen, for tests that nothing is left behind.
    package var listenerCount: Int { state.withLock { $0.listeners.count } }
}

/// For discovery alone.
extension GatewayCatalogue {
    /// The server and its tools as the store has them; another registration begins with nothing known of it.
    func place(_ registration: UpstreamRegistration, tools: [Text: CatalogueTool]) {
        change(registration.server.name) { server in
            if server?.registration != registration { server = CatalogueServer(registration: registration) }
            server?.tools = tools
        }
    }

    func setLists(_ lists: ServerLists, of server: Text) { change(server) { $0?.lists = lists } }

    func setConnection(_ connection: CatalogueServer.Connection, of server: Text) {
        change(server) { $0?.connection = connection }
    }

    func add(line: String, saidBy server: Text) {
        change(server) { server in
            let kept = (server?.said ?? []).suffix(Self.keptLines - 1)
            server?.said = kept + [line]
        }
    }

    func remove(_ server: Text) { change(server) { $0 = nil } }

    /// Tells the listeners which lists are others afterwards.
    private func change(_ name: Text, _ body: (inout CatalogueServer?) -> Void) {
        let (listeners, changed) = state.withLock { state in
            let before = state.servers[name]
            body(&state.servers[name])
            return (Array(state.listeners.values), Self.changedLists(before, state.servers[name]))
        }
        for list in changed {
            for listener in listeners { listener.yield(GatewayListChange(server: name, list: list)) }
        }
    }

    private static func changedLists(_ before: CatalogueServer?, _ after: CatalogueServer?) -> [GatewayList] {
        GatewayList.allCases.filter { list in
            switch list {
            case .tools: before?.publishedReferences ?? [] != after?.publishedReferences ?? []
            case .resources: before?.lists.resources ?? [] != after?.lists.resources ?? []
            case .resourceTemplates: before?.lists.resourceTemplates ?? [] != after?.lists.resourceTemplates ?? []
            case .prompts: before?.lists.prompts ?? [] != after?.lists.prompts ?? []
            }
        }
    }
}

extension CatalogueServer {
    fileprivate var publishedReferences: Set<ToolReference> {
        Set(tools.values.filter { $0.definition != nil }.map(\.reference))
    }
}
