import ActionTokens
import AuthorityCore
import AuthorityTestKit
import CanonicalEncoding
import DomainModel
import SecretMaterial
import Testing
import WireProtocol

@Suite struct ActionTokenTests {
    /// The claims of a token.
    static func payload(_ token: Text) throws -> JSONObject {
        let parts = token.string.split(separator: ".")
        let bytes = try #require(parts.count == 3 ? Base64URL.decode(String(parts[1])) : nil)
        return try #require(try JSONReader.read(bytes).objectValue)
    }

    @Test func `a token says who, what, how long and with which key, and nothing about people or arguments`()
        async throws
    {
        try await AuthorityFixture.withScenario { scenario in
            let standing = try await scenario.granted()
            let claims = try Self.payload(try #require(standing.token))
            #expect(
                Set(claims.members.map(\.name)) == [
                    "iss", "aud", "sub", "client_id", "iat", "exp", "jti", "txn", "cnf", "epoch",
                    "authorization_details",
                ])
            #expect(claims["aud"] == .string(scenario.agent.id.text))
            #expect(claims["cnf"]?["jkt"]?.stringValue == scenario.agent.key.publicKey.thumbprint)
            #expect((claims["exp"]?.integerValue ?? 0) - (claims["iat"]?.integerValue ?? 0) == 60)
            let digest = try await scenario.fixture.request(standing.id).submission.digest
            #expect(
                claims["authorization_details"] == [
                    [
                        "type": "urn:countersign:action:v1", "action": "\(digest.wire)",
                        "request": .string(standing.id.text),
                    ]
                ])
        }
    }

    @Test func `every token of a request carries the same txn, and asking again gives the same token`() async throws {
        try await AuthorityFixture.withScenario { scenario in
            let standing = try await scenario.granted()
            let first = try Self.payload(try #require(standing.token))
            let same = try Self.payload(try await scenario.agent.token(for: standing.id))
            #expect(same["jti"] == first["jti"] && same["exp"] == first["exp"])
            scenario.clock.advance(seconds: 60)
            try await Sweeper(scenario.authority).run()
            let second = try Self.payload(try await scenario.agent.token(for: standing.id))
            #expect(second["txn"] == first["txn"] && second["jti"] != first["jti"])
            try await scenario.agent.revoke(try await scenario.agent.token(for: standing.id))
            let third = try Self.payload(try await scenario.agent.token(for: standing.id))
            #expect(third["txn"] == first["txn"] && third["jti"] != second["jti"])
        }
    }

    @Test func `a token never outlives the votes it stands on`() async throws {
        try await AuthorityFixture.withScenario { scenario in
            let id = try await scenario.approved().id
            let end = try await scenario.fixture.request(id).progress.expiresAt
            scenario.clock.advance(milliseconds: 870_500)
            let claims = try Self.payload(try await scenario.agent.token(for: id))
            #expect(claims["exp"]?.integerValue == end.seconds)
        }
    }

    @Test func `what policy denied is told apart from what people have not approved`() async throws {
        try await AuthorityFixture.withScenario { scenario in
            var drop = Scenario.reading.objectValue ?? [:]
            drop["arguments"] = ["operation": "drop"]
            let forbidden = try await scenario.agent.open(.object(drop)).id
            try await expectRefused(.policyDenied) { try await scenario.agent.token(for: forbidden) }
            let denied = try await scenario.pending().id
            try await expectRefused(.requestNotApproved) { try await scenario.agent.token(for: denied) }
            try await scenario.approver.decide(.deny, on: denied)
            try await expectRefused(.requestNotApproved) { try await scenario.agent.token(for: denied) }
        }
    }

    @Test func `while a token lives, another executor gets none; an unknown one never does`() async throws {
        try await AuthorityFixture.withScenario { scenario in
            let other = try await scenario.addAgent("other")
            let id = try await scenario.approved().id
            try await expectRefused(.unknownName) {
                try await scenario.agent.token(for: id, audience: try Scenario.name("nobody"))
            }
            let token = try await scenario.agent.token(for: id)
            try await expectRefused(.requestNotApproved) { try await scenario.agent.token(for: id, audience: other.id) }
            try await scenario.agent.revoke(token)
            _ = try await scenario.agent.token(for: id, audience: other.id)
        }
    }

    @Test func `another agent, and another key of the same agent, find nothing there`() async throws {
        try await AuthorityFixture.withScenario { scenario in
            let other = try await scenario.addAgent("other")
            let id = try await scenario.approved().id
            try await expectRefused(.notFound) { try await other.token(for: id) }
            try await expectRefused(.notFound) { try await other.read(id) }
            try await expectRefused(.notFound) { try await other.cancel(id) }
            let key = SigningKey(generating: .ed25519)
            try await scenario.approver.change(.rotateAgentKey(scenario.agent.id, jwk: key.publicKey.json))
            let rotated = TestAgent(scenario.agent.id, key: key, authority: scenario.authority)
            try await expectRefused(.notFound) { try await rotated.token(for: id) }
            #expect(try await scenario.fixture.request(id).progress.grant == nil)
        }
    }

    @Test func `introspection tells the holder and the executor, changes nothing, and others learn nothing`()
        async throws
    {
        try await AuthorityFixture.withScenario { scenario in
            let (executor, other) = (try await scenario.addAgent("executor"), try await scenario.addAgent("other"))
            let id = try await scenario.approved().id
            let token = try await scenario.agent.token(for: id, audience: executor.id)
            let before = try await scenario.fixture.request(id)
            #expect(try await scenario.agent.introspect(token)["active"] == true)
            #expect(try await executor.introspect(token)["txn"] != nil)
            #expect(try await other.introspect(token) == ["active": false])
            #expect(try await other.introspect("nonsense") == ["active": false])
            #expect(try await scenario.fixture.request(id) == before)
            try await other.revoke(token)
            try await executor.revoke(token)
            #expect(try await scenario.fixture.request(id) == before)
            try await scenario.agent.revoke(token)
            #expect(try await scenario.agent.introspect(token) == ["active": false])
        }
    }

    /// What ends the agent of a token or the key that it is bound to, while the token still lives.
    static let ends: [@Sendable (Scenario, TestAgent) async throws -> Void] = [
        { scenario, agent in
            let jwk = SigningKey(generating: .es256).publicKey.json
            try await scenario.approver.change(.rotateAgentKey(agent.id, jwk: jwk))
        },
        { scenario, agent in try await scenario.approver.change(.disableAgent(agent.id)) },
        { scenario, _ in scenario.clock.advance(seconds: 30) },
    ]

    @Test(arguments: 0..<3)
    func `a token whose key is retired, or whose agent has ended, is inactive and claims nothing`(index: Int)
        async throws
    {
        try await AuthorityFixture.withScenario { scenario in
            let executor = try await scenario.addAgent("executor")
            let agent = try await scenario.addAgent("second", lifeSeconds: 30)
            let id = try await agent.open(Scenario.reading).id
            let token = try await agent.token(for: id, audience: executor.id)
            let action = try await agent.read(id)["action"] ?? .null
            let proof = try agent.proof(for: token)
            #expect(try await executor.introspect(token)["active"] == true)
            try await Self.ends[index](scenario, agent)
            #expect(try await executor.introspect(token) == ["active": false])
            let error = try await refusal { try await executor.claim(token: token, action: action, proof: proof) }
            #expect(error != nil)
            #expect(try await scenario.fixture.request(id).progress.execution == nil)
        }
    }

    @Test func `an access token of a retired key is inactive for whoever has the new key`() async throws {
        try await AuthorityFixture.withScenario { scenario in
            let (agent, key) = (scenario.agent, SigningKey(generating: .es256))
            let token = try await agent.freshToken()
            #expect(try await agent.introspect(token)["active"] == true)
            try await scenario.approver.change(.rotateAgentKey(agent.id, jwk: key.publicKey.json))
            let rotated = TestAgent(agent.id, key: key, authority: scenario.authority)
            #expect(try await rotated.introspect(token) == ["active": false])
            #expect(try await rotated.introspect(try await rotated.freshToken())["active"] == true)
        }
    }

    @Test func `a revoked access token opens nothing any more`() async throws {
        try await AuthorityFixture.withScenario { scenario in
            let access = try await scenario.agent.freshToken()
            #expect(try await scenario.agent.introspect(access)["active"] == true)
            // Used before, so that nothing remembered from then counts later.
            _ = try await AuthenticateCall(scenario.authority).run(
                try scenario.agent.call("POST", "/v1/requests", token: access))
            try await scenario.agent.revoke(access)
            #expect(try await scenario.agent.introspect(access) == ["active": false])
            try await expectRefused(.invalidToken) {
                try await AuthenticateCall(scenario.authority).run(
                    try scenario.agent.call("POST", "/v1/requests", token: access))
            }
        }
    }

    @Test func `an earlier epoch's access token is nothing in a restored record`() async throws {
        try await AuthorityFixture.withScenario { scenario in
            let access = try await scenario.agent.freshToken()
            let restored = try await scenario.restored()
            #expect(try await restored.agent.introspect(access) == ["active": false])
            try await expectRefused(.invalidToken) {
                try await AuthenticateCall(restored.authority).run(
                    try restored.agent.call("POST", "/v1/requests", token: access))
            }
            try await restored.fixture.closeStore()
        }
    }

    @Test func `frozen, no token is issued; thawed, it is`() async throws {
        try await AuthorityFixture.withScenario { scenario in
            let standing = try await scenario.approved()
            for scope in [Freeze.Scope.everything, .agent(scenario.agent.id), .tool("orders-db___execute")] {
                try await scenario.approver.change(.freeze(scope, reason: "stop"))
                #expect(try await scenario.nextStep(standing)?.code == .frozen)
                #expect(try await scenario.fixture.request(standing.id).progress.status == .approved)
                try await scenario.approver.change(.thaw(scope))
            }
            try await scenario.approver.change(.freeze(.tool("orders-db___other"), reason: "another one"))
            #expect(try await scenario.nextStep(standing) == nil)
        }
    }
}
