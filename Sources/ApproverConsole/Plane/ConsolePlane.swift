package import AuthorityCore
package import CanonicalEncoding
import DomainModel
package import HTTPTypes
package import Hummingbird
package import Logging
package import NIOCore
import Synchronization
import WireProtocol

/// The people's plane: decides what a call is, asks one use case, and encodes the answer.
///
/// It is an `HTTPResponder` of its own and no `Router`: every route is in `ConsoleRoute`, a switch over it is exhaustive, and
/// nothing can be added beside the checks that all calls pass.
package struct ConsolePlane: HTTPResponder, HTTPResponderBuilder {
    package typealias Context = ConsoleContext
    /// Under what name an address is counted, given the call's headers: the composition knows of proxies.
    package typealias PeerName = @Sendable (SocketAddress?, HTTPFields) -> Text

    let authority: Authority
    let logger: Logger
    let assets: LinkedAssets
    let pages: Pages
    let guarding: PlaneGuard
    let headers: SecurityHeaders
    private let limits: CallLimits
    private let peerName: PeerName
    private let setup = SetupMemory()

    /// Throws when a template of this build does not parse.
    package init(
        authority: Authority, limits: CallLimits, peerName: @escaping PeerName = Self.address,
        logger: Logger = Logger(label: "countersign.console")
    ) throws {
        self.authority = authority
        self.limits = limits
        self.peerName = peerName
        self.logger = logger
        assets = try LinkedAssets()
        pages = Pages(assets: assets, origin: authority.settings.consoleOrigin.string)
        guarding = PlaneGuard(origin: authority.settings.consoleOrigin)
        headers = SecurityHeaders(isSecure: guarding.isSecure)
    }

    package var router: ConsolePlane { self }
    package func buildResponder() -> ConsolePlane { self }

    package func respond(to request: Request, context: ConsoleContext) async throws -> Response {
        await answer(request, from: context.address)
    }

    /// The address itself: whoever holds the other end of the connection.
    package static let address: PeerName = { address, _ in Text(address?.ipAddress ?? "") }

    /// The answer to one call, whatever happens: errors are answers too.
    package func answer(_ request: Request, from address: SocketAddress? = nil) async -> Response {
        let requestID = RequestID().description
        let isHead = request.method == .head
        var response: Response
        do {
            response = try await admitted(request, method: isHead ? .get : request.method, from: address)
        } catch {
            response = refusal(error, to: request, requestID: requestID)
        }
        headers.add(to: &response, requestID: requestID)
        return isHead ? response.createHeadResponse() : response
    }

    /// Checks in the order in which they cost; the session comes last.
    private func admitted(
        _ request: Request, method: HTTPRequest.Method, from address: SocketAddress?
    ) async throws(AuthorityError) -> Response {
        try guarding.admit(request)
        let matches = ConsoleRoute.matches(path: request.uri.path)
        guard !matches.isEmpty else {
            throw AuthorityError(.notFound, "There is nothing here under that name for you.")
        }
        guard let match = matches.first(where: { Text($0.route.method) == Text(method.rawValue) }) else {
            throw AuthorityError(.methodNotAllowed, "This address does not take \(method.rawValue).")
        }
        let route = match.route
        if route.changesSomething { try guarding.admitChange(request) }
        if !route.isForSetup, try await !setup.isDone(authority) {
            throw AuthorityError(
                .setupRequired, "No administrator has enrolled yet.",
                hint: "Open the enrolment link that the server wrote at its first start.")
        }
        if route.isEntrance { try limits.admitEntrance(from: peerName(address, request.headers)) }
        let call = ConsoleCall(request: request, parts: match.parts, plane: self)
        if route.isPublic { return try await call.answerWithoutSession(route) }
        let cookie = SessionCookie.value(in: request.headers)
        guard let viewer = try await ReadSession(authority).run(cookie: cookie) else {
            guard route.isPage else { throw AuthorityError(.loginRequired, "Nobody is signed in.") }
            return call.entrance(hasCookie: cookie != nil)
        }
        try limits.admit(caller: viewer.person.id.text)
        return try await call.answer(route, viewer: viewer)
    }

    private func refusal(_ error: AuthorityError, to request: Request, requestID: String) -> Response {
        let level: Logger.Level = error.code.status >= 500 ? .error : .info
        logger.log(
            level: level, "refused",
            metadata: ["code": "\(error.code.rawValue)", "context": "\(error.context)", "call": "\(requestID)"])
        let matches = ConsoleRoute.matches(path: request.uri.path)
        let wantsPage = request.method != .post && (matches.isEmpty || matches.contains { $0.route.isPage })
        var response = wantsPage ? errorPage(error, requestID) : problem(error, requestID)
        if let seconds = error.retryAfterSeconds { response.headers[.retryAfter] = "\(seconds)" }
        if error.code == .methodNotAllowed {
            response.headers[.allow] = Set(matches.flatMap { $0.route.allowedMethods }).sorted().joined(separator: ", ")
        }
        return response
    }

    private func errorPage(_ error: AuthorityError, _ requestID: String) -> Response {
        let page = ErrorPage(
            status: error.code.status, code: error.code.rawValue, title: error.code.title, detail: error.detail,
            hint: error.hint ?? error.code.advice,
            link: error.code == .setupRequired ? nil : ErrorPage.Link(href: "/", label: "Go to the inbox"),
            requestID: requestID)
        return Response(
            html: pages.html(page, Pages.Setting(template: "error", title: page.title)), status: error.code.status)
    }

    private func problem(_ error: AuthorityError, _ requestID: String) -> Response {
        let document = ProblemDocument(
            code: error.code, detail: Text(error.detail), hint: Text(error.hint ?? error.code.advice),
            position: error.position.map { Int64($0) }, instance: Text(requestID))
        return Response(json: document.json, status: error.code.status, type: ProblemDocument.mediaType)
    }
}

/// Remembers that an administrator exists. That never ends: the last one cannot be taken away. Not remembering costs a read
/// and decides nothing.
private final class SetupMemory: Sendable {
    private let done = Mutex(false)

    func isDone(_ authority: Authority) async throws(AuthorityError) -> Bool {
        if done.withLock({ $0 }) { return true }
        let hasAdministrator = try await authority.hasAdministrator()
        if hasAdministrator { done.withLock { $0 = true } }
        return hasAdministrator
    }
}

extension ConsoleRoute {
    fileprivate var allowedMethods: [String] { changesSomething ? ["POST"] : ["GET", "HEAD"] }
}

extension Response {
    init(html: String, status: Int = 200) {
        self.init(
            status: HTTPResponse.Status(code: status), headers: [.contentType: "text/html; charset=utf-8"],
            body: ResponseBody(byteBuffer: ByteBuffer(string: html)))
    }

    init(json: JSONValue, status: Int = 200, type: String = "application/json") {
        self.init(
            status: HTTPResponse.Status(code: status), headers: [.contentType: type],
            body: ResponseBody(byteBuffer: ByteBuffer(bytes: CanonicalJSON.encode(json))))
    }

    init(json: JSONObject, cookie: String? = nil) {
        self.init(json: .object(json))
        if let cookie { headers[.setCookie] = cookie }
    }
}
