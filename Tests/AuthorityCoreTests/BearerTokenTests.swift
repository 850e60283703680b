import ActionTokens
import AuthorityCore
import AuthorityPorts
import AuthorityTestKit
import CanonicalEncoding
import DomainModel
import SecretMaterial
import Testing
import WireProtocol

/// Tokens that need no proof: only where people allowed them, only at the MCP endpoints, and never for long.
@Suite struct BearerTokenTests {
    private func withBearer(
        policy: Text? = Scenario.policy, _ body: (Scenario) async throws -> Void
    ) async throws {
        try await AuthorityFixture.withScenario(policy: policy) { scenario in
            try await scenario.approver.change(.allowBearer(scenario.agent.id))
            try await body(scenario)
        }
    }

    private func caller(
        _ scenario: Scenario, _ token: Text, at endpoint: GatewayScope = .everything
    ) async throws -> AuthenticatedAgent {
        try await AuthenticateCall(scenario.authority).run(
            scenario.agent.bearing(token, at: endpoint), acceptingBearerFor: endpoint)
    }

    private func open(_ scenario: Scenario, _ action: JSONValue, by caller: AuthenticatedAgent) async throws
        -> RequestID
    {
        let answer = try await OpenRequest(scenario.authority).run(
            caller, body: ["action": action], idempotencyKey: nil)
        return try #require(answer.view["id"]?.textValue.flatMap(RequestID.init))
    }

    @Test func `an agent that nobody allowed to have one gets none, and is told only once it has proved who it is`()
        async throws
    {
        try await AuthorityFixture.withScenario { scenario in
            let error = try await expectRefused(.invalidDPoPProof) { try await scenario.agent.bearerToken() }
            #expect(error?.hint?.contains("nobody allowed this agent") == true)
            let allowed = try await scenario.addAgent("allowed")
            try await scenario.approver.change(.allowBearer(allowed.id))
            // A key that is not theirs: the same answer for both, and for nobody.
            var refusals: Set<String> = []
            for name in [scenario.agent.id, allowed.id, try Scenario.name("nobody")] {
                let thief = TestAgent(name, key: SigningKey(generating: .es256), authority: scenario.authority)
                let error = try await expectRefused(.invalidClient) { try await thief.bearerToken() }
                refusals.insert("\(error?.detail ?? "") \(error?.hint ?? "")")
            }
            #expect(refusals.count == 1)
        }
    }

    @Test func `one that was allowed gets one for ten minutes, bound to nothing, that names the key it asked with`()
        async throws
    {
        try await withBearer { scenario in
            let claims = try ActionTokenTests.payload(try await scenario.agent.bearerToken())
            #expect(claims["cnf"] == nil)
            #expect(claims["client_key"]?.stringValue == scenario.agent.key.publicKey.thumbprint)
            #expect(claims["aud"] == .string("\(scenario.authority.settings.issuer)/mcp"))
            #expect((claims["exp"]?.integerValue ?? 0) - (claims["iat"]?.integerValue ?? 0) == 600)
            // Whoever shows a proof still gets a bound one.
            let bound = try ActionTokenTests.payload(try await scenario.agent.freshToken())
            #expect(bound["cnf"]?["jkt"]?.stringValue == scenario.agent.key.publicKey.thumbprint)
            #expect(bound["bearer_allowed"] == nil)
        }
    }

    @Test func `an assertion is used once, whichever kind of token it gets`() async throws {
        try await withBearer { scenario in
            let form: [(Text, Text)] = [
                ("grant_type", "client_credentials"), ("client_assertion_type", ClientAssertion.assertionType),
                ("client_assertion", try scenario.agent.assertion()),
            ]
            let issue = IssueAccessToken(scenario.authority)
            let bare = HTTPCall(
                method: "POST", url: scenario.authority.settings.tokenURL, authorization: [], dpop: [])
            #expect(try await issue.run(form: form, call: bare).type == "Bearer")
            for call in [bare, try scenario.agent.call("POST", "/oauth/token")] {
                let error = try await expectRefused(.invalidClient) { try await issue.run(form: form, call: call) }
                #expect(error?.context.contains("replayed") == true)
            }
        }
    }

    @Test func `it is good at the endpoint that it is for, and nowhere else`() async throws {
        try await withBearer { scenario in
            let issuer = scenario.authority.settings.issuer
            let (wide, narrow) = (
                try await scenario.agent.bearerToken(),
                try await scenario.agent.bearerToken(resource: "\(issuer)/mcp/orders")
            )
            let table: [(Text, GatewayScope, Bool)] = [
                (wide, .everything, true), (wide, .server("orders"), true), (narrow, .server("orders"), true),
                (narrow, .everything, false), (narrow, .server("order"), false), (narrow, .server("orders2"), false),
            ]
            // Twice: what is remembered of a token does not open another door.
            for (token, endpoint, isGood) in table + table {
                let error = try await refusal { try await caller(scenario, token, at: endpoint) }
                #expect(error?.code == (isGood ? nil : .invalidToken), "\(endpoint)")
            }
            for token in [wide, narrow] {
                try await expectRefused(.invalidToken) {
                    try await AuthenticateCall(scenario.authority).run(scenario.agent.bearing(token))
                }
                // With a proof of the very key that got it, it is still no bound token.
                try await expectRefused(.invalidToken) {
                    try await AuthenticateCall(scenario.authority).run(
                        try scenario.agent.call("POST", "/mcp", token: token), acceptingBearerFor: .everything)
                }
            }
        }
    }

    @Test(arguments: ["/mcp/", "/mcp/Orders", "/mcp/a/b", "/", "/v1/requests", "", "/mcp/../oauth", "/mcp?x"])
    func `a token for anything but an MCP endpoint is not made`(path: Text) async throws {
        try await withBearer { scenario in
            try await expectRefused(.invalidTarget) {
                try await scenario.agent.bearerToken(resource: "\(scenario.authority.settings.issuer)\(path)")
            }
        }
    }

    @Test func `a bound token is no bearer token, and a bearer token beside a proof is none either`() async throws {
        try await withBearer { scenario in
            let bound = try await scenario.agent.freshToken()
            try await expectRefused(.invalidToken) { try await caller(scenario, bound) }
            // Also once it is known.
            let authenticate = AuthenticateCall(scenario.authority)
            _ = try await authenticate.run(
                try scenario.agent.call("POST", "/mcp", token: bound), acceptingBearerFor: .everything)
            try await expectRefused(.invalidToken) { try await caller(scenario, bound) }
            let token = try await scenario.agent.bearerToken()
            var call = scenario.agent.bearing(token)
            call.dpop = try scenario.agent.call("POST", "/mcp", token: token).dpop
            try await expectRefused(.invalidToken) { try await authenticate.run(call, acceptingBearerFor: .everything) }
        }
    }

    /// What ends a token that is out, whether it was used before or not.
    static let endings: [@Sendable (Scenario, Text) async throws -> Void] = [
        { scenario, _ in try await scenario.approver.change(.refuseBearer(scenario.agent.id)) },
        { scenario, _ in
            try await scenario.approver.change(.refuseBearer(scenario.agent.id))
            scenario.clock.advance(seconds: 1)
            try await scenario.approver.change(.allowBearer(scenario.agent.id))
        },
        { scenario, _ in
            try await scenario.approver.change(
                .rotateAgentKey(scenario.agent.id, jwk: SigningKey(generating: .es256).publicKey.json))
        },
        { scenario, _ in try await scenario.approver.change(.disableAgent(scenario.agent.id)) },
        { scenario, _ in scenario.clock.advance(seconds: 600) },
        { scenario, token in try await scenario.agent.revoke(token) },
    ]

    @Test(arguments: 0..<6, [false, true])
    func `a token in hand is worth nothing once its permission, key, agent or time is gone`(
        ending: Int, wasUsed: Bool
    ) async throws {
        try await withBearer { scenario in
            let token = try await scenario.agent.bearerToken()
            if wasUsed { _ = try await caller(scenario, token) }
            try await Self.endings[ending](scenario, token)
            let error = try await expectRefused(.invalidToken) { try await caller(scenario, token) }
            #expect(error?.detail == "The access token is not accepted.")
        }
    }

    @Test func `a restored record voids it`() async throws {
        try await withBearer { scenario in
            let token = try await scenario.agent.bearerToken()
            let restored = try await scenario.restored()
            try await expectRefused(.invalidToken) { try await caller(restored, token) }
            try await restored.fixture.closeStore()
        }
    }

    @Test func `a permission that ends while its bearer asks stops what it asks for`() async throws {
        try await withBearer { scenario in
            let bearer = try await caller(scenario, try await scenario.agent.bearerToken())
            try await scenario.approver.change(.refuseBearer(scenario.agent.id))
            try await expectRefused(.invalidToken) { try await open(scenario, Scenario.reading, by: bearer) }
            scenario.clock.advance(seconds: 1)
            try await scenario.approver.change(.allowBearer(scenario.agent.id))
            try await expectRefused(.invalidToken) { try await open(scenario, Scenario.reading, by: bearer) }
        }
    }
}

/// What a bearer token does to a request: policy, people and the record know.
@Suite struct BearerRequestTests {
    static let noBearerDeletes = Text(
        "\(Scenario.policy)\n@id(\"proved\") @reason(\"Deleting needs a proof\") forbid (principal, action, resource) "
            + "when { context.caller.proof == \"bearer\" && context.input has operation && "
            + "context.input.operation == \"delete\" };")

    private func bearer(_ scenario: Scenario) async throws -> AuthenticatedAgent {
        try await AuthenticateCall(scenario.authority).run(
            scenario.agent.bearing(try await scenario.agent.bearerToken()), acceptingBearerFor: .everything)
    }

    private func open(_ scenario: Scenario, _ action: JSONValue) async throws -> RequestID {
        let answer = try await OpenRequest(scenario.authority).run(
            try await bearer(scenario), body: ["action": action], idempotencyKey: nil)
        return try #require(answer.view["id"]?.textValue.flatMap(RequestID.init))
    }

    @Test func `policy tells a bearer from a proof, when it is asked and when it is asked again`() async throws {
        try await AuthorityFixture.withScenario { scenario in
            try await scenario.approver.change(.allowBearer(scenario.agent.id))
            let (byBearer, byProof) = (
                try await open(scenario, Scenario.deletion), try await scenario.pending().id
            )
            for id in [byBearer, byProof] { try await scenario.approver.decide(.approve, on: id) }
            try await scenario.approver.change(.loadPolicy(source: Self.noBearerDeletes))
            // The proof of the call counts, not of whoever goes on with it: this is the agent with its key.
            try await expectRefused(.stale) { try await scenario.agent.token(for: byBearer) }
            _ = try await scenario.agent.token(for: byProof)
            let denied = try await open(scenario, Scenario.deletion)
            #expect(try await scenario.fixture.request(denied).assessment.reasons.map(\.policy) == ["proved"])
            #expect(try await scenario.fixture.request(denied).progress.status == .denied)
            let allowed = try await open(scenario, Scenario.reading)
            #expect(try await scenario.fixture.request(allowed).progress.status == .approved)
        }
    }

    @Test func `the log, the record and the people are told that it was a bearer`() async throws {
        try await AuthorityFixture.withScenario { scenario in
            try await scenario.approver.change(.allowBearer(scenario.agent.id))
            let (byBearer, byProof) = (
                try await open(scenario, Scenario.deletion), try await scenario.pending().id
            )
            for (id, proof) in [(byBearer, CallerProof.bearer), (byProof, .dpop)] {
                let request = try await scenario.fixture.request(id)
                #expect(request.submission.proof == proof)
                #expect(request.submission.keyThumbprint.string == scenario.agent.key.publicKey.thumbprint)
                let entry = try #require(try await scenario.fixture.entries(about: id.text).first)
                #expect(entry["body"]?["proof"]?.stringValue == (proof == .bearer ? "bearer" : nil))
                let shown = try CanonicalJSON.text(request.assessment.rendering.json())
                #expect(shown.contains("a bearer token: whoever has it could have asked") == (proof == .bearer))
            }
            let kinds = try await scenario.fixture.entries(about: "agent:\(scenario.agent.id.text)")
                .compactMap { $0["kind"]?.stringValue }
            #expect(kinds.last == "agent.bearer_allowed")
        }
    }

    @Test(arguments: [RequestStatus.pending, .approved])
    func `taking bearer tokens away ends what was asked with one, and nothing else`(status: RequestStatus)
        async throws
    {
        try await AuthorityFixture.withScenario { scenario in
            try await scenario.approver.change(.allowBearer(scenario.agent.id))
            let byBearer = try await open(scenario, Scenario.deletion)
            let byProof = try await scenario.reach(status)
            if status == .approved { try await scenario.approver.decide(.approve, on: byBearer) }
            try await scenario.approver.change(.refuseBearer(scenario.agent.id))
            let ended = try await scenario.fixture.request(byBearer).progress
            #expect(ended.status == .stale && ended.endReason == .agentDisabled)
            #expect(try await scenario.fixture.request(byProof.id).progress.status == status)
        }
    }

    @Test func `introspection says which kind a token is, and revoking ends either`() async throws {
        try await AuthorityFixture.withScenario { scenario in
            try await scenario.approver.change(.allowBearer(scenario.agent.id))
            let agent = scenario.agent
            let (bound, bearer) = (try await agent.freshToken(), try await agent.bearerToken())
            let answer = try await agent.introspect(bearer)
            #expect(answer["active"] == true && answer["token_type"] == "Bearer" && answer["cnf"] == nil)
            #expect(answer["aud"] == .string("\(scenario.authority.settings.issuer)/mcp"))
            #expect(try await agent.introspect(bound)["token_type"] == "DPoP")
            let other = try await scenario.addAgent("other")
            #expect(try await other.introspect(bearer) == ["active": false])
            try await other.revoke(bearer)
            #expect(try await agent.introspect(bearer)["active"] == true)
            try await agent.revoke(bearer)
            #expect(try await agent.introspect(bearer) == ["active": false])
            let second = try await agent.bearerToken()
            try await scenario.approver.change(.refuseBearer(agent.id))
            #expect(try await agent.introspect(second) == ["active": false])
        }
    }

    @Test func `two administrators allow it, one takes it away, and neither does so twice`() async throws {
        try await AuthorityFixture.withScenario { scenario in
            let agent = scenario.agent.id
            #expect(Change.allowBearer(agent).confirmationRule == .two)
            #expect(Change.refuseBearer(agent).confirmationRule == .one)
            let spec = Change.AgentSpec(
                id: try Scenario.name("weak"), owner: scenario.owner, purpose: "asks", environment: nil, groups: [],
                jwk: SigningKey(generating: .es256).publicKey.json, endsAt: scenario.clock.now.adding(seconds: 600),
                allowsBearer: true)
            #expect(Change.addAgent(spec).confirmationRule == .two)
            #expect(try Change(json: Change.addAgent(spec).json) == .addAgent(spec))
            try await scenario.approver.change(.addAgent(spec))
            #expect(try await scenario.fixture.read { try $0.agent(spec.id) }?.bearerAllowedAt == scenario.clock.now)
            try await expectRefused(.invalidValue) { try await scenario.approver.change(.allowBearer(spec.id)) }
            try await expectRefused(.invalidValue) { try await scenario.approver.change(.refuseBearer(agent)) }
            scenario.clock.advance(seconds: 600)
            try await expectRefused(.unknownName) { try await scenario.approver.change(.refuseBearer(spec.id)) }
        }
    }
}
