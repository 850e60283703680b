import ActionTokens
import AuthorityCore
import AuthorityTestKit
import CanonicalEncoding
import DomainModel
import SecretMaterial
import Testing
import WireProtocol

@Suite struct AgentIdentityTests {
    @Test func `unknown, foreign, disabled, expired and retired look alike outside and differ in the log`() async throws
    {
        try await AuthorityFixture.withScenario { scenario in
            let authority = scenario.authority
            let foreign = TestAgent(scenario.agent.id, key: SigningKey(generating: .es256), authority: authority)
            let unknown = TestAgent(
                try Scenario.name("nobody"), key: SigningKey(generating: .es256), authority: authority)
            let disabled = try await scenario.addAgent("disabled")
            let expired = try await scenario.addAgent("expired")
            let retired = try await scenario.addAgent("retired")
            try await scenario.approver.change(.disableAgent(disabled.id))
            try await scenario.approver.change(
                .rotateAgentKey(retired.id, jwk: SigningKey(generating: .es256).publicKey.json))
            var errors: [AuthorityError] = []
            for agent in [foreign, unknown, disabled, retired] {
                errors.append(try #require(try await refusal { try await agent.freshToken() }))
            }
            scenario.clock.advance(seconds: 86_400)
            errors.append(try #require(try await refusal { try await expired.freshToken() }))
            #expect(Set(errors.map { "\($0.code) \($0.detail) \($0.hint ?? "")" }).count == 1)
            #expect(errors.allSatisfy { $0.code == .invalidClient && $0.retryAfterSeconds == nil })
            let reasons = errors.map { error in
                ["disabled", "nobody", "expired", "retired", "orders-agent"].reduce(error.context) {
                    $0.replacing(" \($1)", with: "").replacing("\($1) ", with: "")
                }
            }
            #expect(Set(reasons).count == errors.count, "\(reasons)")
        }
    }

    @Test func `a token in hand is worth nothing once its agent is disabled, expired or has another key`() async throws
    {
        try await AuthorityFixture.withScenario { scenario in
            let agents = [
                try await scenario.addAgent("one"), try await scenario.addAgent("two"),
                try await scenario.addAgent("three", lifeSeconds: 300),
            ]
            var tokens: [Text] = []
            for agent in agents {
                let token = try await agent.freshToken()
                tokens.append(token)
                // Used before, so that nothing remembered from then counts later.
                let call = try agent.call("POST", "/v1/requests", token: token)
                _ = try await AuthenticateCall(scenario.authority).run(call)
            }
            try await scenario.approver.change(.disableAgent(agents[0].id))
            try await scenario.approver.change(
                .rotateAgentKey(agents[1].id, jwk: SigningKey(generating: .es256).publicKey.json))
            var errors: [AuthorityError] = []
            for index in 0..<3 {
                if index == 2 { scenario.clock.advance(seconds: 300) }
                let call = try agents[index].call("POST", "/v1/requests", token: tokens[index])
                errors.append(
                    try #require(try await refusal { try await AuthenticateCall(scenario.authority).run(call) }))
            }
            #expect(Set(errors.map { "\($0.code) \($0.detail) \($0.hint ?? "")" }).count == 1)
            #expect(Set(errors.map(\.context)).count == 3)
        }
    }

    @Test func `an assertion is used once`() async throws {
        try await AuthorityFixture.withScenario { scenario in
            let agent = scenario.agent
            let assertion = try ClientAssertion.mint(
                clientID: agent.id.text, issuer: scenario.fixture.settings.issuer, key: agent.key,
                at: scenario.clock.now, unique: SystemRandom().bytes(16))
            let form: [(Text, Text)] = [
                ("grant_type", "client_credentials"), ("client_assertion_type", ClientAssertion.assertionType),
                ("client_assertion", assertion),
            ]
            let issue = IssueAccessToken(scenario.authority)
            _ = try await issue.run(form: form, call: try agent.call("POST", "/oauth/token"))
            let error = try await expectRefused(.invalidClient) {
                try await issue.run(form: form, call: try agent.call("POST", "/oauth/token"))
            }
            #expect(error?.context.contains("replayed") == true)
        }
    }

    @Test func `a proof needs a nonce of this server, of the last five minutes`() async throws {
        try await AuthorityFixture.withScenario { scenario in
            let (agent, settings) = (scenario.agent, scenario.fixture.settings)
            let old = scenario.authority.currentNonce
            let token = try await agent.freshToken()
            scenario.clock.advance(seconds: 331)
            for nonce in [nil, "AAAA", old] as [Text?] {
                let url: Text = "\(settings.issuer)/v1/requests"
                let proof = try DPoPProof.mint(
                    for: ProofTarget(method: "POST", url: url),
                    binding: DPoPProof.Binding(accessToken: token, nonce: nonce), key: agent.key,
                    at: scenario.clock.now, unique: SystemRandom().bytes(16))
                let call = HTTPCall(method: "POST", url: url, authorization: ["DPoP \(token)"], dpop: [proof])
                try await expectRefused(.useDPoPNonce) { try await AuthenticateCall(scenario.authority).run(call) }
            }
        }
    }

    @Test func `a token is good for its own key, method, path and scheme alone`() async throws {
        try await AuthorityFixture.withScenario { scenario in
            let (agent, other) = (scenario.agent, try await scenario.addAgent("other"))
            let token = try await agent.freshToken()
            let authenticate = AuthenticateCall(scenario.authority)
            try await expectRefused(.invalidDPoPProof) {
                try await authenticate.run(try other.call("POST", "/v1/requests", token: token))
            }
            for (method, path) in [("GET", "/v1/requests"), ("POST", "/v1/claims")] as [(Text, Text)] {
                var call = try agent.call("POST", "/v1/requests", token: token)
                call = HTTPCall(
                    method: method, url: "\(scenario.fixture.settings.issuer)\(path)",
                    authorization: call.authorization, dpop: call.dpop)
                try await expectRefused(.invalidDPoPProof) { try await authenticate.run(call) }
            }
            for fields in [["Bearer \(token)"], ["DPoP \(token)", "DPoP \(token)"], ["DPoP"]] as [[Text]] {
                let good = try agent.call("POST", "/v1/requests", token: token)
                let call = HTTPCall(method: good.method, url: good.url, authorization: fields, dpop: good.dpop)
                try await expectRefused(.invalidToken) { try await authenticate.run(call) }
            }
            let bare = HTTPCall(method: "POST", url: "http://127.0.0.1:7420/v1/requests", authorization: [], dpop: [])
            try await expectRefused(.unauthenticated) { try await authenticate.run(bare) }
        }
    }
}
