import AuthorityCore
import CanonicalEncoding
import DomainModel
import HTTPTypes
import Hummingbird
import WireProtocol

/// One admitted call: which use case answers it.
struct ConsoleCall: Sendable {
    let request: Request
    /// What stood in the path's `{…}`.
    let parts: [String]
    let plane: ConsolePlane

    var authority: Authority { plane.authority }
    /// The identifier in the path, where the route has one.
    var id: Text { Text(parts.first ?? "") }

    func answerWithoutSession(_ route: ConsoleRoute) async throws(AuthorityError) -> Response {
        switch route {
        case .signIn:
            let next = LocalPath(query("next") ?? "")?.text ?? "/"
            return page(SignInPage(next: next), Pages.Setting(template: "sign-in", title: "Sign in"))
        case .enrol: return page(EnrolPage(), Pages.Setting(template: "enrol", title: "Create your passkey"))
        case .asset: return try asset()
        case .beginEnrolment: return try await beginEnrolment()
        case .finishEnrolment: return try await finishEnrolment()
        case .beginLogin: return try await beginLogin()
        case .finishLogin: return try await finishLogin()
        default: throw AuthorityError(.internal, "The server could not answer.", context: "\(route) needs a session")
        }
    }

    func answer(_ route: ConsoleRoute, viewer: Viewer) async throws(AuthorityError) -> Response {
        switch route {
        case .inbox: try await inboxPage(viewer)
        case .requests: try await requestsPage(viewer)
        case .request: try await requestPage(viewer)
        case .agents: try await agentsPage(viewer)
        case .people: try await peoplePage(viewer)
        case .tools: try await toolsPage(viewer)
        case .policy: try await policyPage(viewer)
        case .changes: try await changesPage(viewer)
        case .change: try await changePage(viewer)
        case .overview: try await overviewPage(viewer)
        case .events: events(of: .everything)
        case .requestEvents: try await requestEvents(viewer)
        case .readInbox: Response(json: ConsoleJSON.inbox(try await ReadInbox(authority).run(viewer)))
        case .readRequest: Response(json: ConsoleJSON.page(try await ReadRequestPage(authority).run(viewer, id: id)))
        case .readChanges: try await readChanges(viewer)
        case .logout: try await logout()
        case .takeEnrolmentLink: try await takeEnrolmentLink(viewer)
        case .beginVote: try await beginVote(viewer)
        case .castVote: try await castVote(viewer)
        case .proposeChange: try await proposeChange(viewer)
        case .checkPolicy: try await checkPolicy(viewer)
        case .beginConfirmation: try await beginConfirmation(viewer)
        case .confirmChange: try await confirmChange(viewer)
        case .signIn, .enrol, .asset, .beginEnrolment, .finishEnrolment, .beginLogin, .finishLogin:
            try await answerWithoutSession(route)
        }
    }

    func page<Page: Sendable>(_ page: Page, _ setting: Pages.Setting) -> Response {
        Response(html: plane.pages.html(page, setting))
    }

    func query(_ name: Text) -> Text? {
        for (key, value) in request.uri.queryParameters where Text(String(key)) == name { return Text(String(value)) }
        return nil
    }

    /// Sends a browser to the sign-in page.
    ///
    /// A link from outside arrives without the `SameSite=Strict` cookie even of somebody who is signed in: the page that
    /// continues from here, as a navigation of our own, brings it.
    func entrance(hasCookie: Bool) -> Response {
        let path = LocalPath(Text(request.uri.string))?.text ?? "/"
        let isFromOutside = request.headers[values: .secFetchSite].contains { Text($0) == "cross-site" }
        if isFromOutside, !hasCookie {
            return page(ContinuePage(path: path), Pages.Setting(template: "continue", title: "One moment"))
        }
        let next = path == "/" ? "" : "?next=\(path)"
        return Response(status: .seeOther, headers: [.location: "/sign-in\(next)"])
    }

    private func asset() throws(AuthorityError) -> Response {
        guard let file = plane.assets.file(at: request.uri.path) else {
            throw AuthorityError(.notFound, "There is nothing here under that name for you.")
        }
        var headers: HTTPFields = [
            .contentType: file.mediaType, .eTag: file.entityTag,
            // Safe for ever: another content has another path.
            .cacheControl: "public, max-age=31536000, immutable",
        ]
        if request.headers[values: .ifNoneMatch].contains(where: { Text($0) == Text(file.entityTag) }) {
            return Response(status: .notModified, headers: headers)
        }
        headers[.contentLength] = "\(file.bytes.count)"
        return Response(status: .ok, headers: headers, body: ResponseBody(byteBuffer: ByteBuffer(bytes: file.bytes)))
    }
}

/// A path of this console, safe to send a browser to: never another origin, nothing that needs escaping.
struct LocalPath {
    let text: String

    init?(_ text: Text) {
        let bytes = Array(text.utf8)
        guard bytes.count <= 512, bytes.first == UInt8(ascii: "/"), bytes.dropFirst().first != UInt8(ascii: "/") else {
            return nil
        }
        let isPlain = bytes.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"):
                true
            default: "/_-?=".utf8.contains(byte)
            }
        }
        guard isPlain else { return nil }
        self.text = text.string
    }
}
