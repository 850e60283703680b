import AuthorityCore
import CanonicalEncoding
import Hummingbird
import ModelContextProtocol
import WireProtocol

/// `subscriptions/listen` (2026-07-28): a request whose answer is a stream of what changes.
extension GatewayPlane {
    func listen(_ asked: Asked) throws -> Reply {
        let wanted = try Subscription(asked)
        let visit = asked.visit
        guard visit.accepts("text/event-stream") else {
            throw RPCRefusal(.invalidRequest, "`Accept` has to name text/event-stream.", status: 406)
        }
        guard board.count(of: visit.caller.id) < settings.sessionsPerAgent else {
            throw AuthorityError(
                .rateLimited, "There are too many open streams.", hint: "Close some of them.", retryAfterSeconds: 30)
        }
        return .stream(
            Response(
                status: .ok, headers: EventStream.headers,
                body: ResponseBody { [self] writer in
                    // Before it is acknowledged, so that nothing is missed.
                    let listener = board.listener(for: visit.scope, of: visit.caller.id)
                    defer { board.remove(listener) }
                    try await writer.write(EventStream.event(wanted.acknowledgement))
                    try await write(listener, of: visit, to: &writer) { wanted.event(for: $0) }
                    let end = complete(["_meta": .object(wanted.meta)], asked)
                    try await writer.write(
                        EventStream.event(RPCResponse(id: asked.id, outcome: .result(end)).json))
                    try await writer.finish(nil)
                }))
    }
}

/// What a client wants to hear of.
private struct Subscription: Sendable {
    let meta: JSONObject
    private let kinds: [Text]

    /// The name of the kind of change, and the notification for it.
    private static let known: [(kind: Text, method: Text)] = [
        ("toolsListChanged", "notifications/tools/list_changed"),
        ("promptsListChanged", "notifications/prompts/list_changed"),
        ("resourcesListChanged", "notifications/resources/list_changed"),
    ]

    init(_ asked: Asked) throws {
        var params = try asked.reader()
        var filter = try params.reader("notifications")
        var kinds: [Text] = []
        for (kind, _) in Self.known where try filter.optionalBool(kind) == true { kinds.append(kind) }
        // Single resources and tasks are not told of: they are left out of what is acknowledged.
        _ = try filter.optionalTexts("resourceSubscriptions")
        if try filter.optionalTexts("taskIds") != nil, !asked.takesTasks { throw GatewayPlane.missingTasks }
        try filter.finish()
        try params.finish()
        self.kinds = kinds
        meta = JSONObject(single: "io.modelcontextprotocol/subscriptionId", asked.id.json)
    }

    var acknowledgement: JSONValue {
        var honoured: JSONObject = [:]
        for kind in kinds { honoured[kind] = true }
        return RPCNotification(
            method: "notifications/subscriptions/acknowledged",
            params: ["notifications": .object(honoured), "_meta": .object(meta)]
        ).json
    }

    /// Nil where the client did not ask for it.
    func event(for change: GatewayListChange) -> JSONValue? {
        let method = change.method
        guard Self.known.contains(where: { $0.method == method && kinds.contains($0.kind) }) else { return nil }
        return RPCNotification(method: method, params: ["_meta": .object(meta)]).json
    }
}
