import AuthorityCore
import CanonicalEncoding
import HTTPTypes
import Hummingbird
import ModelContextProtocol
import WireProtocol

/// The revisions with sessions: 2025-03-26 to 2025-11-25.
extension GatewayPlane {
    func initialize(_ request: RPCRequest, _ visit: Visit) throws -> Response {
        guard visit.values(.mcpSession).isEmpty else {
            throw RPCRefusal(.invalidRequest, "A session is initialized once.")
        }
        var params = MemberReader(request.params, path: "params")
        let revision = ProtocolRevision.negotiated(try params.text("protocolVersion"))
        _ = try params.object("capabilities")
        var client = try params.reader("clientInfo")
        _ = try client.text("name")
        let owner = SessionOwner(visit.caller, scope: visit.scope)
        guard let session = sessions.open(for: owner, revision: revision, at: authority.now) else {
            throw AuthorityError(
                .rateLimited, "There are too many sessions at work.",
                hint: "End some of them, or wait until one rests.",
                retryAfterSeconds: 30)
        }
        let result: JSONObject = [
            "protocolVersion": .string(revision.text), "capabilities": .object(Greeting.capabilities(of: revision)),
            "serverInfo": Greeting.server(settings.version), "instructions": .string(Greeting.instructions),
        ]
        var response = Answered(request.id, .result(result)).http
        response.headers[.mcpSession] = session.id.string
        return response
    }

    /// The session that the call names, if it is the caller's and speaks the revision that the call names.
    func session(of visit: Visit) throws -> Session {
        let names = visit.values(.mcpSession)
        guard let name = names.first, names.count == 1 else {
            throw RPCRefusal(.invalidRequest, "`Mcp-Session-Id` must stand exactly once; `initialize` gives it.")
        }
        guard let session = sessions.session(name, of: SessionOwner(visit.caller, scope: visit.scope)) else {
            throw RPCRefusal(
                .invalidRequest, "There is no such session, or it has ended. Initialize a new one.", status: 404)
        }
        // The first revision did not have the header yet.
        guard visit.values(.mcpRevision).allSatisfy({ $0 == session.revision.text }) else {
            throw RPCRefusal(.invalidRequest, "`MCP-Protocol-Version` is not what the session agreed on.")
        }
        return session
    }

    func answer(_ asked: Asked, in session: Session) async throws -> Response {
        switch session.begin(asked.id, asked.interruption, at: authority.now) {
        case .begun: break
        case .repeatedID: throw RPCRefusal(.invalidRequest, "This `id` was given before in this session.")
        case .ended: throw RPCRefusal(.invalidRequest, "The session has ended.", status: 404)
        case .tooMany:
            throw AuthorityError(
                .rateLimited, "There are too many calls at the same time.", hint: "Wait for some of them.",
                retryAfterSeconds: 1)
        }
        var asked = asked
        let place = CallPlace(of: asked.id, in: session, authority)
        asked.place = place
        do {
            switch try await respond(to: asked) {
            case .whole(let answered):
                place.leave()
                return answered.http
            case .stream(let response): return response
            }
        } catch {
            place.leave()
            // In these revisions an error is an answer like others; 404 says that the session is gone.
            var refusal = refusal(of: error, asked.visit, id: asked.id)
            if refusal.status == 400 || refusal.status == 404 { refusal.status = 200 }
            return Answered(refusal).http
        }
    }

    /// `GET`: what happens outside of calls.
    func follow(_ visit: Visit) async throws -> Response {
        let session = try standingSession(of: visit)
        guard visit.accepts("text/event-stream") else {
            throw RPCRefusal(.invalidRequest, "`Accept` has to name text/event-stream.", status: 406)
        }
        return Response(
            status: .ok, headers: EventStream.headers,
            body: ResponseBody { [self] writer in
                let listener = board.listener(for: visit.scope, of: visit.caller.id)
                session.follow(with: listener)
                defer {
                    board.remove(listener)
                    session.unfollow(listener, at: authority.now)
                }
                try await write(listener, of: visit, to: &writer) { RPCNotification(method: $0.method).json }
                try await writer.finish(nil)
            })
    }

    /// Writes what a listener is told, until its reader hangs up or it is ended from here.
    @concurrent func write(
        _ listener: Listener, of visit: Visit, to writer: inout any ResponseBodyWriter,
        as event: (GatewayListChange) -> JSONValue?
    ) async throws {
        async let heard: Void = line.watch(visit.request, for: listener)
        try await writer.write(EventStream.sign)
        for await notice in listener.notices {
            guard case .changed(let change) = notice else {
                try await writer.write(EventStream.sign)
                continue
            }
            if let event = event(change) { try await writer.write(EventStream.event(event)) }
        }
        await heard
    }

    /// `DELETE`: the client needs the session no more.
    func endSession(_ visit: Visit) async throws -> Response {
        sessions.end(try standingSession(of: visit))
        return Response(status: .noContent)
    }

    /// `GET` and `DELETE` are of the revisions with sessions alone (2026-07-28, "Earlier Streamable HTTP Revisions").
    private func standingSession(of visit: Visit) throws -> Session {
        let revisions = visit.values(.mcpRevision)
        if let first = revisions.first, ProtocolRevision(first)?.isStateless == true {
            throw AuthorityError(
                .methodNotAllowed, "This revision of the protocol knows POST alone.", hint: "Use POST.")
        }
        return try session(of: visit)
    }
}

extension CallerLine {
    /// Ends a listener when its reader hangs up; returns when it has ended, whoever ended it.
    func watch(_ request: Request, for listener: Listener) async {
        await withTaskGroup(of: Void.self) { group in
            group.addTask { if await self.hangsUp(request) { listener.end() } }
            group.addTask { await listener.ending() }
            await group.next()
            group.cancelAll()
        }
    }
}
