import AuthorityCore
import CanonicalEncoding
import HTTPTypes
import Hummingbird
import Logging
import WireProtocol

/// What all calls of the plane share: browsers are refused, errors become problems, and every answer carries the nonce, the
/// call's id and `no-store`.
struct AgentEnvelope<UseCases: AgentUseCases>: RouterMiddleware {
    typealias Context = AgentContext
    private let useCases: UseCases
    private let host: PublicAuthority

    init(useCases: UseCases) {
        self.useCases = useCases
        host = PublicAuthority(url: useCases.issuer)
    }

    func handle(
        _ request: Request, context: AgentContext, next: @concurrent (Request, AgentContext) async throws -> Response
    ) async throws -> Response {
        var response: Response
        do {
            try refuseBrowsers(request)
            try refuseOtherHosts(request)
            response = try await next(request, context)
        } catch let error as AuthorityError {
            response = refusal(error, request, context)
        } catch let error as HTTPError {
            response = refusal(unrouted(request, error.status), request, context)
        } catch is CancellationError {
            response = refusal(AuthorityError(.shuttingDown, "The call was ended."), request, context)
        } catch {
            response = refusal(
                AuthorityError(.internal, "The server could not answer.", context: "\(error)"), request, context)
        }
        response.headers[.cacheControl] = "no-store"
        response.headers[.dpopNonce] = useCases.nonce.string
        response.headers[.requestID] = context.callID
        response.headers[.xContentTypeOptions] = "nosniff"
        return response
    }

    /// A browser is no agent: a cookie would be a human session's, and a page's script is somebody else's program.
    private func refuseBrowsers(_ request: Request) throws(AuthorityError) {
        let headers = request.headers
        let isNavigation = headers[values: .secFetchMode].contains { $0.utf8.elementsEqual("navigate".utf8) }
        guard !headers.contains(.cookie), !headers.contains(.origin), !isNavigation else {
            throw AuthorityError(
                .wrongPlane, "This address is for agents; a browser and its cookies are refused here.",
                hint: "People use the console at its own address.")
        }
    }

    private func refuseOtherHosts(_ request: Request) throws(AuthorityError) {
        guard host.isNamed(by: request.head.authority) else {
            throw AuthorityError(
                .misdirected, "The agents' plane does not answer under this host name.",
                context: "host \(request.head.authority?.prefix(512) ?? "none")")
        }
    }

    private func refusal(_ error: AuthorityError, _ request: Request, _ context: AgentContext) -> Response {
        let level: Logger.Level = error.code.status >= 500 ? .error : .info
        context.logger.log(
            level: level, "refused", metadata: ["code": "\(error.code.rawValue)", "context": "\(error.context)"])
        let route = AgentRoute.allCases.first { $0.path.utf8.elementsEqual(request.uri.path.utf8) }
        var response = Response(refusing: error, at: route, callID: context.callID)
        if response.status == .unauthorized, let path = GatewayRoute.metadataPath(for: request.uri.path) {
            // RFC 9728, 5.1: what a client of the gateway knows is the address that refused it.
            let challenge = response.headers[.wwwAuthenticate] ?? "DPoP"
            response.headers[.wwwAuthenticate] = "\(challenge), resource_metadata=\"\(useCases.issuer)\(path)\""
        }
        if error.code == .methodNotAllowed {
            response.headers[.allow] = Self.methods(at: request.uri.path).joined(separator: ", ")
        }
        return response
    }

    /// The router knows no such path, or not with this method.
    private func unrouted(_ request: Request, _ status: HTTPResponse.Status) -> AuthorityError {
        let methods = Self.methods(at: request.uri.path)
        guard status == .notFound || status == .methodNotAllowed else {
            return AuthorityError(.internal, "The server could not answer.", context: "status \(status.code)")
        }
        guard !methods.isEmpty else {
            return AuthorityError(.notFound, "There is nothing here under that name for you.")
        }
        return AuthorityError(
            .methodNotAllowed, "This address takes \(methods.joined(separator: " and ")).",
            hint: "Use \(methods.joined(separator: " or ")).")
    }

    /// What an address takes, whoever answers there.
    private static func methods(at path: String) -> [String] {
        AgentRoute.allCases.filter { RoutePattern.matches($0.path, path) }.map(\.method.rawValue)
            + GatewayRoute.allCases.filter { RoutePattern.matches($0.path, path) }.map(\.method.rawValue)
    }
}
