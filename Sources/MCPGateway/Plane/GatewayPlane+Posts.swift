import AgentEndpoints
import AuthorityCore
import CanonicalEncoding
import HTTPTypes
import Hummingbird
import ModelContextProtocol

/// One request of a client, with everything that its answer depends on.
struct Asked: Sendable {
    let request: RPCRequest
    let visit: Visit
    let revision: ProtocolRevision
    /// Nil in the revisions without sessions.
    let session: Session?
    /// Whether the client can be handed a task instead of a result, in this call.
    var takesTasks = false
    /// Where the session knows the call by its id.
    var place: CallPlace?
    let interruption = Interruption()

    var params: MemberReader { MemberReader(request.params, path: "params") }
    var id: RPCID { request.id }
}

extension GatewayPlane {
    /// `POST`: one message, and for a request its answer.
    func post(_ visit: Visit) async -> Response {
        await refusing(visit) {
            guard visit.accepts("application/json") else {
                throw RPCRefusal(.invalidRequest, "`Accept` has to name application/json.", status: 406)
            }
            let json = try await CallReader(request: visit.request).json()
            let message = try RPCMessage(json: json)
            guard case .request(let request) = message else {
                return try await self.answer(silent: message, visit)
            }
            return await self.refusing(visit, id: request.id) { try await self.answer(request, visit) }
        }
    }

    private func answer(_ request: RPCRequest, _ visit: Visit) async throws -> Response {
        if try isStateless(visit, claimed: request.params["_meta"]?[CallEnvelope.revisionMember]) {
            let envelope = try CallEnvelope(request, headers: visit.routingHeaders)
            let asked = Asked(
                request: request, visit: visit, revision: envelope.revision, session: nil,
                takesTasks: envelope.takesTasks)
            return try await answer(stateless: asked)
        }
        let headers = visit.routingHeaders
        if !headers.method.isEmpty || !headers.name.isEmpty { try headers.check(against: request) }
        guard request.method != "initialize" else { return try initialize(request, visit) }
        let session = try session(of: visit)
        let asked = Asked(request: request, visit: visit, revision: session.revision, session: session)
        return try await answer(asked, in: session)
    }

    /// Notifications that clients may send, whatever the revision. A call without an id is none of them.
    private static let notifications: Set<Text> = [
        "notifications/initialized", "notifications/cancelled", "notifications/progress",
        "notifications/roots/list_changed",
    ]

    private func answer(silent message: RPCMessage, _ visit: Visit) async throws -> Response {
        guard case .notification(let notification) = message else {
            throw RPCRefusal(.invalidRequest, "Nothing was asked from here, so there is nothing to answer.")
        }
        guard Self.notifications.contains(notification.method) else {
            throw RPCRefusal(.invalidRequest, "This is no notification that is taken here. A call needs an `id`.")
        }
        if try isStateless(visit, claimed: notification.params["_meta"]?[CallEnvelope.revisionMember]) {
            // There a stream is closed to cancel; a client's word about an id of whomever says nothing.
            return Response(status: .accepted)
        }
        let session = try session(of: visit)
        session.touch(at: authority.now)
        if notification.method == "notifications/cancelled" {
            guard let id = notification.params["requestId"].flatMap(RPCID.init(json:)) else {
                throw RPCRefusal(.invalidParams, "`params.requestId` must be text or an integer.")
            }
            session.cancel(call: id)
        }
        return Response(status: .accepted)
    }

    /// By which kind of revision the client wants to be understood: what the header says. A body that says otherwise is refused, because
    /// somebody in between may have believed the header.
    private func isStateless(_ visit: Visit, claimed: JSONValue?) throws -> Bool {
        let values = visit.values(.mcpRevision)
        guard values.count <= 1 else {
            throw RPCError(.headerMismatch, "`MCP-Protocol-Version` must stand exactly once.")
        }
        guard let value = values.first else {
            guard claimed == nil else { throw RPCError(.headerMismatch, "`MCP-Protocol-Version` is missing.") }
            return false
        }
        guard let revision = ProtocolRevision(value) else { throw CallEnvelope.unsupported(value) }
        guard revision.isStateless || claimed == nil else {
            throw RPCError(
                .headerMismatch, "`MCP-Protocol-Version` and `params._meta` name different revisions.")
        }
        return revision.isStateless
    }
}

extension Visit {
    var routingHeaders: RoutingHeaders {
        RoutingHeaders(method: values(.mcpMethod), name: values(.mcpName), revision: values(.mcpRevision))
    }
}
