import AuthorityCore
import AuthorityTestKit
import CanonicalEncoding
import DomainModel
import HTTPTypes
import MCPGateway
import SecretMaterial
import Testing
import WireProtocol

/// Who gets to the gateway at all.
@Suite struct EntranceTests {
    /// Written out, so that an address that is added is added here as well.
    static let closed = [
        "POST /mcp", "GET /mcp", "DELETE /mcp", "POST /mcp/{server}", "GET /mcp/{server}", "DELETE /mcp/{server}",
    ]

    /// Answered without an access token. The list only shrinks.
    static let open = [
        "GET /.well-known/oauth-protected-resource", "GET /.well-known/oauth-protected-resource/mcp",
        "GET /.well-known/oauth-protected-resource/mcp/{server}",
    ]

    @Test func `the gateway has these addresses and no others`() {
        let all = GatewayRoute.allCases.map { "\($0.method.rawValue) \($0.path)" }
        #expect((Self.closed + Self.open).sorted() == all.sorted())
        let unproven = GatewayRoute.allCases.filter { !$0.needsAccessToken }.map { "\($0.method.rawValue) \($0.path)" }
        #expect(Self.open.sorted() == unproven.sorted())
    }

    @Test(arguments: closed)
    func `nobody gets in without a token of an agent and a fresh proof of its key, and is told where to get one`(
        line: String
    ) async throws {
        try await GatewayUnderTest.run { gateway in
            let parts = line.replacing("{server}", with: "orders").split(separator: " ").map(String.init)
            let own = gateway.own
            let wrong: [(String, GatewayUnderTest.Credential)] = [
                ("no credential", .init()),
                ("a proof alone", .init(key: own.key)),
                ("a token alone", .init(token: own.token)),
                ("a token as a bearer's", .init(scheme: "Bearer", token: own.token, key: own.key)),
                ("a proof of another key", .init(token: own.token, key: SigningKey(generating: .es256))),
                ("a nonce of nobody's", .init(token: own.token, key: own.key, nonce: "made-up")),
                (
                    "a proof for another address",
                    .init(token: own.token, key: own.key, provenFor: "http://127.0.0.1:7420/v1/requests")
                ),
                ("a forged token", .init(token: "\(own.token ?? "")x", key: own.key)),
                ("a person's cookie", .init(token: gateway.scenario.approver.cookie, key: own.key)),
            ]
            for (name, credential) in wrong {
                let answer = try await gateway.send(
                    parts[0], parts[1], body: CanonicalJSON.encode(SessionClient.initialize("2025-11-25")), credential)
                #expect(answer.status == 401, "\(name): \(answer.status)")
                let challenge = answer.headers[.wwwAuthenticate] ?? ""
                let metadata = "http://127.0.0.1:7420/.well-known/oauth-protected-resource\(parts[1])"
                #expect(challenge.hasPrefix("DPoP "), "\(name)")
                #expect(challenge.hasSuffix("resource_metadata=\"\(metadata)\""), "\(name): \(challenge)")
            }
            #expect(gateway.plane.openCounts.sessions == 0)
        }
    }

    @Test func `an agent that ends in the middle of its session gets no further`() async throws {
        try await GatewayUnderTest.run { gateway in
            let client = try await SessionClient(gateway)
            try await gateway.scenario.approver.change(.disableAgent(gateway.scenario.agent.id))
            #expect(try await client.ask("tools/call", ["name": "t"]).status == 401)
            #expect(gateway.useCases.performed.isEmpty)
        }
    }

    @Test(arguments: open)
    func `metadata says what a client needs, and not which servers there are`(line: String) async throws {
        try await GatewayUnderTest.run { gateway in
            let path = line.split(separator: " ")[1]
            for server in ["orders", "nobody"] {
                let answer = try await gateway.send(
                    "GET", String(path.replacing("{server}", with: server)), [:], GatewayUnderTest.Credential())
                #expect(answer.status == 200)
                #expect(answer.json["authorization_servers"] == ["http://127.0.0.1:7420"])
                #expect(answer.json["dpop_bound_access_tokens_required"] == false)
                let suffix = path.replacing("/.well-known/oauth-protected-resource", with: "")
                    .replacing("{server}", with: server)
                #expect(answer.json["resource"]?.stringValue == "http://127.0.0.1:7420\(suffix)")
            }
            let odd = try await gateway.send(
                "GET", "/.well-known/oauth-protected-resource/mcp/No%22", [:], GatewayUnderTest.Credential())
            #expect(odd.status == 404)
        }
    }

    @Test func `a server that there is not, a browser, another host and a parameter are refused`() async throws {
        try await GatewayUnderTest.run { gateway in
            let body = SessionClient.initialize("2025-11-25")
            #expect(try await gateway.post(body, "/mcp/nobody").status == 404)
            #expect(try await gateway.post(body, "/mcp", ["Origin": "https://x.example"]).status == 403)
            #expect(try await gateway.post(body, "/mcp", ["Cookie": "a=b"]).status == 403)
            #expect(try await gateway.post(body, "/mcp?session=x").status != 200)
            let put = try await gateway.send("PUT", "/mcp", [:], gateway.own)
            #expect(put.status == 405)
            #expect(put.headers[.allow] == "POST, GET, DELETE")
        }
    }

    @Test func `answers carry the nonce and are kept by nobody`() async throws {
        try await GatewayUnderTest.run { gateway in
            let answer = try await gateway.post(SessionClient.initialize("2025-11-25"))
            #expect(answer.headers[.cacheControl] == "no-store")
            #expect(answer.header("DPoP-Nonce") != nil)
        }
    }
}
