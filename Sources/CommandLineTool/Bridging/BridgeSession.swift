import CanonicalEncoding
import ModelContextProtocol
import Synchronization

/// What the bridge remembers of a conversation with sessions (revisions up to 2025-11-25), so that it can make HTTP calls of its
/// messages and begin it anew where the server has forgotten it. The stateless revision needs none of it.
final class BridgeSession: Sendable {
    /// As it is at one moment; a call that was made with it is judged by it.
    struct State: Hashable, Sendable {
        var id: Text?
        var revision: Text?
        /// The client's own `initialize`.
        var opening: RPCRequest?
        var isInitialized = false
        /// How often it was begun.
        var generation = 0
    }

    private let state = Mutex(State())
    private let turn = Turn()

    var current: State { state.withLock { $0 } }

    func begun(by opening: RPCRequest, id: Text?, revision: Text?) {
        state.withLock { state in
            state.isInitialized = state.isInitialized && state.opening == opening
            state.opening = opening
            state.id = id
            state.revision = revision
            state.generation += 1
        }
    }

    func initialized() { state.withLock { $0.isInitialized = true } }

    /// Begins it anew once, however many calls found it gone at the same time.
    func renew<Failure: Error>(
        after seen: State, _ open: (RPCRequest) async throws(Failure) -> Void
    ) async throws(Failure) {
        await turn.take()
        do throws(Failure) {
            let now = current
            if let opening = now.opening, now.generation == seen.generation { try await open(opening) }
        } catch {
            await turn.giveBack()
            throw error
        }
        await turn.giveBack()
    }
}

/// Lets one through at a time.
private actor Turn {
    private var isTaken = false
    private var waiting: [CheckedContinuation<Void, Never>] = []

    func take() async {
        guard isTaken else {
            isTaken = true
            return
        }
        await withCheckedContinuation { waiting.append($0) }
    }

    func giveBack() {
        guard waiting.isEmpty else { return waiting.removeFirst().resume() }
        isTaken = false
    }
}

/// The HTTP headers of a message (2025-11-25 and 2026-07-28, "Streamable HTTP").
enum BridgeHeaders {
    typealias Fields = [(name: String, value: String)]

    private static let posted: Fields = [
        ("content-type", "application/json"), ("accept", "application/json, text/event-stream"),
    ]

    /// The revision that a request of the stateless kind names; nil for the others.
    static func statelessRevision(of params: JSONObject) -> Text? {
        params["_meta"]?[CallEnvelope.revisionMember]?.textValue
    }

    /// A stateless request says in its headers what its body says; any other belongs to the session, but for the one that begins it.
    static func of(_ request: RPCRequest, in session: BridgeSession.State) -> Fields {
        guard let revision = statelessRevision(of: request.params) else {
            return posted + (request.method == "initialize" ? [] : of(session))
        }
        var fields = posted
        fields.append(("mcp-protocol-version", HeaderValue.encoded(revision).string))
        fields.append(("mcp-method", HeaderValue.encoded(request.method).string))
        if let member = RoutingHeaders.nameMember(of: request.method), let name = request.params[member]?.textValue {
            fields.append(("mcp-name", HeaderValue.encoded(name).string))
        }
        return fields
    }

    /// Notifications, and answers to what the server asked.
    static func ofOthers(in session: BridgeSession.State) -> Fields { posted + of(session) }

    static func ofStream(in session: BridgeSession.State) -> Fields {
        [("accept", "text/event-stream")] + of(session)
    }

    /// The first revision knew no header for itself.
    static func of(_ session: BridgeSession.State) -> Fields {
        var fields: Fields = []
        if let id = session.id { fields.append(("mcp-session-id", id.string)) }
        if let revision = session.revision, revision != ProtocolRevision.march2025.text {
            fields.append(("mcp-protocol-version", HeaderValue.encoded(revision).string))
        }
        return fields
    }
}
