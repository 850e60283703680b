@testable import ApproverConsole
import CanonicalEncoding
import HTTPTypes
import Hummingbird
import Testing

@Suite struct ConsolePlaneTests {
    /// The routes that answer without a session. The list only shrinks.
    static let publicRoutes: Set<ConsoleRoute> = [
        .signIn, .enrol, .asset, .beginEnrolment, .finishEnrolment, .beginLogin, .finishLogin,
    ]

    /// The routes that answer to nobody without a session, and what a caller without one gets. A route that is neither here
    /// nor above makes the first test fail: whoever adds one decides here who may see it.
    static let guardedRoutes: [ConsoleRoute: Entrance] = [
        .inbox: .signIn, .requests: .signIn, .request: .signIn, .agents: .signIn, .people: .signIn, .tools: .signIn,
        .policy: .signIn, .changes: .signIn, .change: .signIn, .overview: .signIn,
        .events: .refusal, .requestEvents: .refusal, .readInbox: .refusal, .readRequest: .refusal,
        .readChanges: .refusal, .takeEnrolmentLink: .refusal, .logout: .refusal, .beginVote: .refusal,
        .castVote: .refusal, .proposeChange: .refusal, .checkPolicy: .refusal, .beginConfirmation: .refusal,
        .confirmChange: .refusal,
    ]

    enum Entrance {
        /// A page: the browser is sent to where it can sign in.
        case signIn
        /// A call: `401` and a problem.
        case refusal
    }

    static func path(_ route: ConsoleRoute) -> String {
        let id = "req_0000000000000000000000000000000000000"
        return route.pattern.replacing("{id}", with: id).replacing("{hash}", with: "0").replacing(
            "{name}", with: "x.css")
    }

    static func method(_ route: ConsoleRoute) -> HTTPRequest.Method { route.changesSomething ? .post : .get }

    @Test(arguments: ConsoleRoute.allCases)
    func `every route is written down here, as public or as guarded and never as both`(route: ConsoleRoute) {
        let isPublic = Self.publicRoutes.contains(route)
        #expect(isPublic != (Self.guardedRoutes[route] != nil), "\(route) has no test without a session")
        #expect(route.isPublic == isPublic)
    }

    @Test(arguments: guardedRoutes.keys.sorted { $0.rawValue < $1.rawValue })
    func `without a session a route shows nothing and leads to the entrance`(route: ConsoleRoute) async throws {
        let fixture = try ConsoleFixture()
        _ = try await fixture.enrolled()
        for cookie in ["", "__Host-countersign=forged", "__Host-countersign="] {
            let answer = await fixture.call(Self.method(route), Self.path(route), [.cookie: cookie])
            if Self.guardedRoutes[route] == .signIn {
                #expect(answer.status == 303 && answer.body.isEmpty, "\(route)")
                #expect(answer.headers[.location]?.hasPrefix("/sign-in") == true)
            } else {
                #expect(answer.status == 401, "\(route)")
                #expect(answer.json?["code"] == "login_required", "\(route)")
            }
        }
    }

    @Test(arguments: ConsoleRoute.allCases)
    func `every answer carries the security headers, refusals included`(route: ConsoleRoute) async throws {
        let fixture = try ConsoleFixture()
        let cookie = try await fixture.enrolled()
        let wrong: HTTPRequest.Method = route.changesSomething ? .put : .delete
        for answer in [
            await fixture.call(Self.method(route), Self.path(route)),
            await fixture.call(Self.method(route), Self.path(route), cookie),
            await fixture.call(wrong, Self.path(route), cookie),
            await fixture.call(.get, Self.path(route) + "/nowhere", cookie),
            await fixture.call(Self.method(route), Self.path(route), [.authorization: "DPoP x"]),
        ] {
            Self.expectSecurityHeaders(answer, "\(route)")
        }
    }

    static func expectSecurityHeaders(_ answer: Answer, _ comment: Comment) {
        let headers = answer.headers
        let policy = Text(headers[.contentSecurityPolicy] ?? "")
        for directive in [
            "default-src 'none'", "script-src 'self';", "style-src 'self'", "frame-ancestors 'none'", "base-uri 'none'",
            "require-trusted-types-for 'script'", "trusted-types 'none'", "form-action 'self'",
        ] as [Text] {
            #expect(policy.contains(directive), comment)
        }
        #expect(!policy.contains("unsafe"), comment)
        #expect(headers[.cacheControl] == "no-store", comment)
        #expect(headers[.xContentTypeOptions] == "nosniff", comment)
        #expect(headers[.referrerPolicy] == "no-referrer", comment)
        #expect(headers[.openerPolicy] == "same-origin", comment)
        #expect(headers[.resourcePolicy] == "same-origin", comment)
        #expect(headers[.embedderPolicy] == "require-corp", comment)
        #expect(headers[.permissionsPolicy]?.hasPrefix("publickey-credentials-get=(self)") == true, comment)
        #expect(headers[.requestID]?.isEmpty == false, comment)
        #expect(headers[.strictTransportSecurity] == nil, comment)
    }

    @Test(arguments: ConsoleRoute.allCases)
    func `a workload's credential is refused on every route`(route: ConsoleRoute) async throws {
        let fixture = try ConsoleFixture()
        let cookie = try await fixture.enrolled()
        for name in [HTTPField.Name.authorization, .dpop] {
            var fields = cookie
            fields[name] = "x"
            let answer = await fixture.call(Self.method(route), Self.path(route), fields)
            #expect(answer.status == 403, "\(route)")
            #expect(answer.text.contains("wrong_plane"), "\(route)")
        }
    }

    @Test(arguments: ConsoleRoute.allCases.filter(\.changesSomething))
    func `only a page of our own can change something`(route: ConsoleRoute) async throws {
        let fixture = try ConsoleFixture()
        let cookie = try await fixture.enrolled()
        let foreign: [HTTPFields] = [
            [.origin: "http://evil.example"], [.origin: "null"], [.origin: ""], [.origin: "http://localhost:7422"],
            [.secFetchSite: "cross-site"], [.secFetchSite: "same-site"], [.secFetchSite: "none"],
        ]
        for fields in foreign {
            var all = cookie
            for field in fields { all[field.name] = field.value }
            let answer = await fixture.call(.post, Self.path(route), all)
            #expect(answer.status == 403 && answer.json?["code"] == "origin_refused", "\(route) \(fields)")
        }
        for type in ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data", ""] {
            var all = cookie
            all[.contentType] = type
            let answer = await fixture.call(.post, Self.path(route), all)
            #expect(answer.status == 415, "\(route) \(type)")
        }
    }

    @Test(arguments: ConsoleRoute.allCases.filter(\.changesSomething))
    func `what changes something is POST and nothing else`(route: ConsoleRoute) async throws {
        let fixture = try ConsoleFixture()
        let cookie = try await fixture.enrolled()
        let hasReading = ConsoleRoute.allCases.contains { $0.pattern == route.pattern && !$0.changesSomething }
        for method in [HTTPRequest.Method.get, .head, .put, .patch, .delete, .options] {
            if hasReading, method == .get || method == .head { continue }
            let answer = await fixture.call(method, Self.path(route), cookie)
            #expect(answer.status == 405, "\(route) \(method)")
            #expect(Text(answer.headers[.allow] ?? "").contains("POST"))
        }
    }

    @Test func `reading changes nothing: the store's bytes stay as they are`() async throws {
        let fixture = try ConsoleFixture()
        let cookie = try await fixture.enrolled()
        let before = try fixture.stateOfStore()
        for route in ConsoleRoute.allCases where !route.changesSomething {
            for method in [HTTPRequest.Method.get, .head] {
                _ = await fixture.call(method, Self.path(route), cookie)
                _ = await fixture.call(method, Self.path(route))
            }
        }
        #expect(try fixture.stateOfStore() == before)
    }

    @Test func `another host name is not the console`() async throws {
        let fixture = try ConsoleFixture()
        for host in ["127.0.0.1:7421", "localhost", "localhost:7420", "evil.example", nil] as [String?] {
            let answer = await fixture.answer(
                HTTPRequest(method: .get, scheme: "http", authority: host, path: "/sign-in"))
            #expect(answer.status == 421)
            #expect(answer.text.contains("misdirected_request"))
        }
    }

    @Test func `HSTS is sent where the origin is https`() throws {
        var response = Response(html: "")
        SecurityHeaders(isSecure: PlaneGuard(origin: "https://approve.example").isSecure).add(
            to: &response, requestID: "1")
        #expect(response.headers[.strictTransportSecurity]?.hasPrefix("max-age=") == true)
    }

    @Test(arguments: ConsoleRoute.allCases.filter { !$0.isForSetup })
    func `before an administrator has enrolled nothing but enrolment answers`(route: ConsoleRoute) async throws {
        let fixture = try ConsoleFixture()
        let answer = await fixture.call(Self.method(route), Self.path(route))
        #expect(answer.status == 503)
        #expect(answer.text.contains("setup_required"))
    }

    @Test(arguments: [
        "/", "/requests", "/agents", "/people", "/tools", "/policy", "/changes", "/overview", "/api/inbox",
        "/api/changes",
    ])
    func `whoever has signed in can look`(path: String) async throws {
        let fixture = try ConsoleFixture()
        let cookie = try await fixture.enrolled()
        let page = await fixture.call(.get, path, cookie)
        #expect(page.status == 200)
        let head = await fixture.call(.head, path, cookie)
        #expect(head.status == 200 && head.body.isEmpty)
    }

    @Test func `unknown things and things of others are the same answer`() async throws {
        let fixture = try ConsoleFixture()
        let cookie = try await fixture.enrolled()
        for path in ["/requests/req_none", Self.path(.request), "/changes/chg_none", "/nowhere", "/requests/", "//"] {
            let answer = await fixture.call(.get, path, cookie)
            #expect(answer.status == 404, "\(path)")
            #expect(answer.text.contains("not_found"))
        }
    }

    @Test func `the cookie is tied to the host, unreadable for script and never sent across sites`() async throws {
        let fixture = try ConsoleFixture()
        let cookie = try await fixture.enrolled()
        #expect(cookie[.cookie]?.hasPrefix("__Host-countersign=") == true)
        let left = await fixture.call(.post, "/api/logout", cookie)
        let removal = Text(left.headers[.setCookie] ?? "")
        for word in ["Path=/", "Secure", "HttpOnly", "SameSite=Strict", "Max-Age=0"] as [Text] {
            #expect(removal.contains(word))
        }
        #expect(await fixture.call(.get, "/api/inbox", cookie).status == 401)
    }

    @Test(arguments: [
        ("{\"token\":\"a\",\"token\":\"b\"}", "json_duplicate_name"), ("{\"token\":\"a\",\"x\":1}", "unknown_member"),
        ("{}", "missing_member"), ("[]", "wrong_type"), ("{\"token\":7}", "wrong_type"), ("", "json_unexpected_end"),
    ])
    func `a body is read strictly`(body: String, code: String) async throws {
        let fixture = try ConsoleFixture()
        let head = HTTPRequest(
            method: .post, scheme: "http", authority: "localhost:7421", path: "/api/enrolment/begin",
            headerFields: [.origin: ConsoleFixture.origin, .contentType: "application/json"])
        let answer = await fixture.answer(head, body: Array(body.utf8))
        #expect(answer.json?["code"]?.stringValue == code)
        #expect(answer.headers[.contentType] == "application/problem+json")
    }

    @Test func `a body beyond 64 KiB is refused`() async throws {
        let fixture = try ConsoleFixture()
        let answer = await fixture.call(
            .post, "/api/enrolment/begin", body: ["token": "\(String(repeating: "a", count: 65_600))"])
        #expect(answer.status == 413)
    }

    @Test func `a link from outside continues as a navigation of our own, so that the cookie comes along`() async throws
    {
        let fixture = try ConsoleFixture()
        _ = try await fixture.enrolled()
        let answer = await fixture.call(.get, "/requests", [.secFetchSite: "cross-site"])
        #expect(answer.status == 200)
        #expect(answer.text.contains("content=\"0; url=/requests\""))
    }

    @Test func `assets carry their content's hash, and no other path finds them`() async throws {
        let fixture = try ConsoleFixture()
        for file in try LinkedAssets().files {
            let answer = await fixture.call(.get, file.path)
            #expect(answer.status == 200 && answer.body == file.bytes)
            #expect(answer.headers[.cacheControl] == "public, max-age=31536000, immutable")
            let again = await fixture.call(.get, file.path, [.ifNoneMatch: answer.headers[.eTag] ?? ""])
            #expect(again.status == 304 && again.body.isEmpty)
            #expect(await fixture.call(.get, "/assets/0/\(file.name)").status == 404)
        }
    }
}
