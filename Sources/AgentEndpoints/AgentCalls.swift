import AuthorityCore
import CanonicalEncoding
import HTTPTypes
import Hummingbird
import WireProtocol

/// The calls of the plane: authentication comes before the body is read, so that a stranger costs little.
struct AgentCalls<UseCases: AgentUseCases>: Sendable {
    let useCases: UseCases
    let limits: CallLimits
    let peerName: AgentPlane.PeerName

    func answer(_ route: AgentRoute, _ request: Request, _ context: AgentContext) async throws -> Response {
        let reader = CallReader(request: request, queryParameters: route.queryParameters)
        switch route {
        case .serverMetadata:
            _ = try reader.query()
            return Response(json: useCases.metadata, status: 200)
        case .keySet:
            _ = try reader.query()
            return Response(json: useCases.keySet, status: 200)
        case .issueAccessToken:
            _ = try reader.query()
            try limits.admitEntrance(from: peerName(context.address, request.headers))
            let call = reader.call(issuer: useCases.issuer)
            return Response(
                json: try await useCases.accessToken(form: try await reader.form(), call: call), status: 200)
        case .readRequest: return try await read(request, context)
        default:
            let caller = try await useCases.caller(of: reader.call(issuer: useCases.issuer))
            try limits.admit(caller: useCases.name(of: caller))
            _ = try reader.query()
            return try await answer(route, reader, caller, id: Text(context.parameters.get("id") ?? ""))
        }
    }

    private func answer(
        _ route: AgentRoute, _ reader: CallReader, _ caller: UseCases.Caller, id: Text
    ) async throws -> Response {
        switch route {
        case .introspectToken:
            return Response(json: try await useCases.introspection(caller, form: try await reader.form()), status: 200)
        case .revokeToken:
            try await useCases.revoke(caller, form: try await reader.form())
            return Response(status: .ok)
        case .openRequest:
            let key = try reader.idempotencyKey()
            let (view, isNew) = try await useCases.open(caller, body: try await reader.json(), key: key)
            return created(
                view, isNew, at: view["id"].flatMap(\.stringValue).map { AgentRoute.readRequest.path(id: $0) })
        case .cancelRequest:
            try await reader.nothing()
            return tagged(try await useCases.cancel(caller, id: id))
        case .issueActionToken:
            return Response(
                json: try await useCases.actionToken(caller, id: id, body: try await reader.json()), status: 200)
        case .claimExecution:
            let key = try reader.idempotencyKey()
            let (view, isNew) = try await useCases.claim(caller, body: try await reader.json(), key: key)
            return created(view, isNew, at: nil)
        case .completeExecution:
            return Response(
                json: try await useCases.complete(caller, id: id, body: try await reader.json()), status: 200)
        case .issueAccessToken, .serverMetadata, .keySet, .readRequest:
            throw AuthorityError(.internal, "The server could not answer.", context: "route without a caller")
        }
    }

    /// A waiter costs memory as long as it waits, so this is a way of its own with little on it. It ends with its client, and
    /// at shutdown with the watch (`drain`).
    func read(_ request: Request, _ context: AgentContext) async throws -> Response {
        let reader = CallReader(request: request, queryParameters: AgentRoute.readRequest.queryParameters)
        let caller = try await useCases.caller(of: reader.call(issuer: useCases.issuer))
        try limits.admit(caller: useCases.name(of: caller))
        let wait = try reader.wait()
        let id = Text(context.parameters.get("id") ?? "")
        guard wait.seconds > 0 else {
            try await reader.nothing()
            return tagged(try await useCases.read(caller, id: id, wait: wait), known: wait.knownRevision)
        }
        let useCases = useCases
        let view = try await request.body.consumeWithCancellationOnInboundClose { _ in
            try await useCases.read(caller, id: id, wait: wait)
        }
        var response = tagged(view, known: wait.knownRevision)
        // Whoever watches the inbound side owns it to the end: the connection is not used again.
        response.headers[.connection] = "close"
        return response
    }

    private func created(_ view: JSONValue, _ isNew: Bool, at location: String?) -> Response {
        var response = tagged(view)
        response.status = isNew ? .created : .ok
        if let location { response.headers[.location] = location }
        return response
    }

    /// The revision is the entity tag; whoever has it already gets `304` (RFC 9110, 13.1.2).
    private func tagged(_ view: JSONValue, known: Int64? = nil) -> Response {
        guard let revision = view["revision"]?.integerValue else { return Response(json: view, status: 200) }
        var response = revision == known ? Response(status: .notModified) : Response(json: view, status: 200)
        response.headers[.eTag] = "\"\(revision)\""
        return response
    }
}
