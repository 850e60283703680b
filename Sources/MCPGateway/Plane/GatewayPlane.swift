package import AgentEndpoints
package import AuthorityCore
import CanonicalEncoding
import DomainModel
import HTTPTypes
package import Hummingbird
import Logging
import ModelContextProtocol
import WireProtocol

/// MCP spoken to agents (`planes.md`, "MCP gateway"): reads messages strictly, asks the gateway's use cases, and says their answers in the
/// words of the revision that the client speaks. It decides nothing.
package final class GatewayPlane: Sendable {
    let authority: Authority
    let useCases: any GatewayUseCases
    let settings: GatewaySettings
    let line: any CallerLine
    let sessions: SessionTable
    let board = NoticeBoard()
    let tickets = RetryTickets()
    let parameters = ParameterIndex()
    private let limits: CallLimits

    /// `limits` are those of the agents' plane: its calls and these are counted together. `line` is for tests that hang up without a network.
    package init(
        authority: Authority, useCases: any GatewayUseCases, limits: CallLimits, settings: GatewaySettings,
        line: (any CallerLine)? = nil
    ) {
        self.authority = authority
        self.useCases = useCases
        self.limits = limits
        self.settings = settings
        self.line = line ?? ConnectionLine()
        sessions = SessionTable(settings: settings)
    }

    /// Adds the gateway's addresses to the agents' plane, behind the envelope that its answers share.
    package func add(to router: Router<AgentContext>) {
        for route in GatewayRoute.allCases {
            router.on(
                RouterPath(route.path), method: HTTPRequest.Method(route.method.rawValue) ?? .get
            ) { [self] request, context in
                try await answer(route, request, context)
            }
        }
    }

    private func answer(_ route: GatewayRoute, _ request: Request, _ context: AgentContext) async throws -> Response {
        let reader = CallReader(request: request)
        let server = context.parameters.get("server").map { Text($0) }
        guard route.needsAccessToken else {
            _ = try reader.query()
            let resource = ProtectedResource(issuer: authority.settings.issuer, route: route, server: server)
            return Response(json: try resource.json, status: 200)
        }
        let scope = server.map { GatewayScope.server($0) } ?? .everything
        let caller = try await AuthenticateCall(authority).run(
            reader.call(issuer: authority.settings.issuer), acceptingBearerFor: scope)
        try limits.admit(caller: caller.id.text)
        _ = try reader.query()
        guard try await useCases.exists(scope) else {
            throw AuthorityError(.notFound, "There is nothing here under that name for you.", context: "no such server")
        }
        let visit = Visit(request: request, context: context, caller: caller, scope: scope)
        switch route.method {
        case .post: return await post(visit)
        case .get: return await refusing(visit) { try await self.follow(visit) }
        case .delete: return await refusing(visit) { try await self.endSession(visit) }
        }
    }

    /// Every refusal of the plane becomes an answer here.
    func refusing(_ visit: Visit, id: RPCID? = nil, _ body: () async throws -> Response) async -> Response {
        do {
            return try await body()
        } catch {
            return Answered(refusal(of: error, visit, id: id)).http
        }
    }

    /// `notFound` is what the method calls a name that nobody knows.
    func refusal(
        of error: any Error, _ visit: Visit, id: RPCID?, notFound: RPCError.Code = .invalidParams
    ) -> RPCRefusal {
        var refusal: RPCRefusal
        switch error {
        case let error as RPCRefusal: refusal = error
        case let error as RPCError: refusal = RPCRefusal(error)
        case let error as MemberError: refusal = RPCRefusal(error, id: id)
        case let error as AuthorityError:
            refusal = RPCRefusal(error, id: id, callID: visit.context.callID, notFound: notFound)
        default:
            let error = AuthorityError(.internal, "The server could not answer.", context: "\(error)")
            refusal = RPCRefusal(error, id: id, callID: visit.context.callID)
        }
        refusal.id = refusal.id ?? id
        visit.context.logger.log(
            level: refusal.status >= 500 ? .error : .info, "refused",
            metadata: ["code": "\(refusal.code)", "context": "\(refusal.context)"])
        return refusal
    }
}

/// What the plane needs beside calls: a service of the composition runs it.
extension GatewayPlane {
    /// Passes on that lists changed, until the task is cancelled.
    package func followChanges() async {
        for await change in useCases.listChanges() {
            if change.list == .tools { parameters.forget() }
            board.publish(change)
        }
    }

    /// To be called every fifteen seconds.
    package func letTimePass() {
        board.giveSign()
        sessions.endIdle(at: authority.now)
        tickets.forget(at: authority.now)
    }

    /// Ends every stream, so that none holds the listener up. Calls that wait are answered when the watch is drained.
    package func drain() { board.drain() }

    /// Sessions and streams that are open now.
    package var openCounts: (sessions: Int, streams: Int) { (sessions.count, board.count) }
}

/// One HTTP call of somebody who has proved who it is.
struct Visit: Sendable {
    let request: Request
    let context: AgentContext
    let caller: AuthenticatedAgent
    let scope: GatewayScope

    func values(_ name: HTTPField.Name) -> [Text] { request.headers[values: name].map { Text($0) } }

    /// Whether the client takes an answer of that type (RFC 9110, 12.5.1); weights are not looked at.
    func accepts(_ type: String) -> Bool {
        let fields = request.headers[values: .accept]
        guard !fields.isEmpty else { return type.hasPrefix("application/") }
        let family = String(type.prefix { $0 != "/" })
        let taken = fields.flatMap { $0.utf8.split(separator: UInt8(ascii: ",")) }.map { part in
            String(decoding: part.prefix { $0 != UInt8(ascii: ";") }, as: UTF8.self).lowercased()
                .filter { $0 != " " && $0 != "\t" }
        }
        return taken.contains { $0 == type || $0 == "\(family)/*" || $0 == "*/*" }
    }
}
