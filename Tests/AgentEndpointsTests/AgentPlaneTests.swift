import AuthorityCore
import CanonicalEncoding
import HTTPTypes
import Testing
import WireProtocol

@Suite struct AgentPlaneTests {
    @Test(arguments: AgentRoute.allCases.filter(\.needsAccessToken))
    func `a stranger learns nothing but how to authenticate`(route: AgentRoute) async throws {
        var call = PlaneCall(route)
        call.headers[.authorization] = nil
        let answer = try await call.answer()
        #expect(answer.status == 401)
        #expect(answer.headers[.wwwAuthenticate] == "DPoP algs=\"ES256 Ed25519\"")
        let code = answer.body["code"]
        #expect(code == "unauthenticated")
    }

    @Test(arguments: AgentRoute.allCases.filter(\.needsAccessToken))
    func `a token that is not accepted is answered without its reason`(route: AgentRoute) async throws {
        var call = PlaneCall(route)
        call.headers[.authorization] = "Bearer good"
        let answer = try await call.answer()
        #expect(answer.status == 401)
        #expect(answer.headers[.wwwAuthenticate]?.hasPrefix("DPoP error=\"invalid_token\"") == true)
        #expect(!CanonicalJSON.text(answer.body).contains("secret why"))
    }

    @Test(arguments: AgentRoute.allCases)
    func `every answer carries the nonce, the call's id and no-store`(route: AgentRoute) async throws {
        let answer = try await PlaneCall(route).answer()
        #expect((200...299).contains(answer.status))
        #expect(answer.headers[HTTPField.Name("DPoP-Nonce")!] == "nonce-1")
        #expect(answer.headers[HTTPField.Name("X-Request-Id")!] == "call-1")
        #expect(answer.headers[.cacheControl] == "no-store")
    }

    @Test(
        arguments: AgentRoute.allCases,
        [["Cookie", "a=b"], ["Origin", "https://x.example"], ["Sec-Fetch-Mode", "navigate"]])
    func `a browser is refused at every route`(route: AgentRoute, field: [String]) async throws {
        var call = PlaneCall(route)
        call.headers[HTTPField.Name(field[0])!] = field[1]
        let answer = try await call.answer()
        #expect(answer.status == 403)
        #expect(answer.body["code"] == "wrong_plane")
    }

    @Test(arguments: AgentRoute.allCases, ["console.example", "agents.example:7421", nil])
    func `under another host's name no route answers`(route: AgentRoute, host: String?) async throws {
        var call = PlaneCall(route)
        call.host = host
        let answer = try await call.answer()
        #expect(answer.status == 421)
        #expect(answer.body["code"] == "misdirected_request")
    }

    @Test(arguments: AgentRoute.allCases.filter { $0 != .readRequest })
    func `a parameter that nobody reads is refused`(route: AgentRoute) async throws {
        var call = PlaneCall(route)
        call.path += "?x=1"
        let answer = try await call.answer()
        #expect(answer.status == 400)
        #expect(answer.body["code"] == "unknown_parameter")
    }

    @Test(arguments: AgentRoute.allCases.filter { $0.body != .none })
    func `a body of another type is refused`(route: AgentRoute) async throws {
        var call = PlaneCall(route)
        call.headers[.contentType] = "text/plain"
        #expect(try await call.answer().status == 415)
        call.headers[.contentType] = "application/json; charset=utf-16"
        #expect(try await call.answer().status == 415)
    }

    @Test(arguments: AgentRoute.allCases.filter { $0.body != .none })
    func `a body beyond one mebibyte is refused`(route: AgentRoute) async throws {
        var call = PlaneCall(route)
        call.body = Array(repeating: 0x20, count: 1_048_577)
        #expect(try await call.answer().status == 413)
    }

    @Test func `another method is named with the one that is taken`() async throws {
        var call = PlaneCall()
        call.method = "DELETE"
        let answer = try await call.answer()
        #expect(answer.status == 405)
        #expect(answer.headers[.allow] == "POST")
        #expect(answer.body["code"] == "method_not_allowed")
    }

    @Test func `an unknown path is a problem document`() async throws {
        var call = PlaneCall()
        call.path = "/v1/nothing"
        let answer = try await call.answer()
        #expect(answer.status == 404)
        #expect(answer.headers[.contentType] == ProblemDocument.mediaType)
        #expect(answer.body["instance"] == "urn:countersign:call:call-1")
    }

    @Test func `the address of a call is the configured one and never the Host`() async throws {
        let answer = try await PlaneCall(.openRequest).answer()
        #expect(answer.status == 201)
        #expect(answer.body["url"] == "https://agents.example/v1/requests")
        #expect(answer.headers[.location] == "/v1/requests/req_1")
    }

    @Test func `a repeated opening is answered without a creation`() async throws {
        var call = PlaneCall(.openRequest)
        call.headers[HTTPField.Name("Idempotency-Key")!] = "again"
        #expect(try await call.answer().status == 200)
    }

    @Test(arguments: ["", " ", "a b", "é", String(repeating: "k", count: 256)])
    func `a key that is not visible ASCII of 1 to 255 is refused`(key: String) async throws {
        var call = PlaneCall(.openRequest)
        call.headers[HTTPField.Name("Idempotency-Key")!] = key
        #expect(try await call.answer().body["code"] == "idempotency_key_invalid")
    }

    @Test func `a duplicate member is refused with its position`() async throws {
        var call = PlaneCall(.openRequest)
        call.body = Array(#"{"a":1,"a":2}"#.utf8)
        let answer = try await call.answer()
        #expect(answer.status == 400)
        #expect(answer.body["code"] == "json_duplicate_name")
        #expect(answer.body["position"]?.integerValue != nil)
    }

    @Test(arguments: ["wait=61", "wait=-1", "wait=", "wait=1&wait=2", "wait=1.5", "other=1"])
    func `a wait that is no whole number to sixty is refused`(query: String) async throws {
        var call = PlaneCall(.readRequest)
        call.path += "?\(query)"
        #expect(try await call.answer().status == 400)
    }

    @Test func `whoever has the revision gets no body`() async throws {
        var call = PlaneCall(.readRequest)
        call.headers[.ifNoneMatch] = "\"3\""
        let answer = try await call.answer()
        #expect(answer.status == 304)
        #expect(answer.headers[.eTag] == "\"3\"")
        call.headers[.ifNoneMatch] = "\"2\""
        #expect(try await call.answer().status == 200)
    }

    @Test func `a call without a body refuses one`() async throws {
        var call = PlaneCall(.cancelRequest)
        call.body = Array(#"{"a":1}"#.utf8)
        #expect(try await call.answer().body["code"] == "unexpected_body")
    }
}
