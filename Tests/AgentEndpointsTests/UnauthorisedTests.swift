import APIClient
import AuthorityCore
import AuthorityPorts
import AuthorityTestKit
import CanonicalEncoding
import DomainModel
import SecretMaterial
import Testing
import WireProtocol

/// Every call of the agents' plane by somebody who may not make it, before a real authority.
@Suite struct UnauthorisedTests {
    /// Written out, so that a call that is added to the plane is added here as well.
    static let closed = [
        "POST /oauth/introspect", "POST /oauth/revoke",
        "POST /v1/requests", "GET /v1/requests/{id}", "POST /v1/requests/{id}/cancel", "POST /v1/requests/{id}/token",
        "POST /v1/claims", "POST /v1/executions/{id}/completion",
    ]

    /// Answered without an access token. The list only shrinks.
    static let open = ["POST /oauth/token", "GET /.well-known/oauth-authorization-server", "GET /oauth/jwks"]

    @Test func `the plane has these calls and no others`() {
        let all = AgentRoute.allCases.map { "\($0.method.rawValue) \($0.path)" }
        #expect((Self.closed + Self.open).sorted() == all.sorted())
        let unproven = AgentRoute.allCases.filter { !$0.needsAccessToken }.map { "\($0.method.rawValue) \($0.path)" }
        #expect(Self.open.sorted() == unproven.sorted())
    }

    @Test(arguments: closed)
    func `nobody gets past any of them without a token of an agent and a fresh proof of its key`(line: String)
        async throws
    {
        try await AuthorityFixture.withScenario { scenario in
            let plane = RealPlane(scenario)
            let call = try await Call(line, scenario)
            let own = try await plane.own
            let stranger = SigningKey(generating: .es256)
            let elsewhere: Text = "\(scenario.authority.settings.issuer)/v1/elsewhere"
            let wrong: [(String, RealPlane.Credential)] = [
                ("no credential", .init()),
                ("a proof alone", .init(key: scenario.agent.key)),
                ("a token alone", .init(token: own.token)),
                ("a token as a bearer's", .init(scheme: "Bearer", token: own.token, key: own.key)),
                ("a proof of another key", .init(token: own.token, key: stranger)),
                ("a proof for another address", .init(token: own.token, key: own.key, provenFor: ("POST", elsewhere))),
                ("a proof for another method", .init(token: own.token, key: own.key, provenFor: ("PUT", call.url))),
                ("a nonce of nobody's", .init(token: own.token, key: own.key, nonce: "made-up")),
                ("a forged token", .init(token: "\(own.token ?? "")x", key: own.key)),
                ("a token for one action", .init(token: call.actionToken, key: own.key)),
                ("a person's cookie", .init(token: scenario.approver.cookie, key: own.key)),
            ]
            for (name, credential) in wrong {
                let answer = try await plane.exchange(call.line, credential, body: call.body)
                #expect(answer.status == 401, "\(name): \(answer.status)")
                #expect(answer["www-authenticate"]?.string.hasPrefix("DPoP") == true, "\(name)")
            }
            #expect(try await call.isUntouched(scenario))
        }
    }

    @Test(arguments: closed)
    func `a bearer token of its own opens none of them`(line: String) async throws {
        try await AuthorityFixture.withScenario { scenario in
            try await scenario.approver.change(.allowBearer(scenario.agent.id))
            let plane = RealPlane(scenario)
            let call = try await Call(line, scenario)
            let token = try await scenario.agent.bearerToken()
            // It is known and good where it belongs.
            _ = try await AuthenticateCall(scenario.authority).run(
                scenario.agent.bearing(token), acceptingBearerFor: .everything)
            for credential: RealPlane.Credential in [
                .init(scheme: "Bearer", token: token), .init(scheme: "bearer", token: token),
                .init(scheme: "Bearer", token: token, key: scenario.agent.key),
                .init(token: token, key: scenario.agent.key),
            ] {
                #expect(try await plane.exchange(call.line, credential, body: call.body).status == 401)
            }
            #expect(try await call.isUntouched(scenario))
        }
    }

    @Test(arguments: closed)
    func `a proof that was used, a retired key and an agent that ended are refused by all of them`(line: String)
        async throws
    {
        try await AuthorityFixture.withScenario { scenario in
            let plane = RealPlane(scenario)
            let call = try await Call(line, scenario)
            let own = try await plane.own
            let reading = try plane.request("GET /v1/requests/\(call.request)", own)
            #expect(try await plane.send(reading).status == 200)
            if line.hasPrefix("GET") { #expect(try await plane.send(reading).status == 401) }
            let once = try plane.request(call.line, own, body: call.body)
            try await scenario.approver.change(
                .rotateAgentKey(scenario.agent.id, jwk: SigningKey(generating: .es256).publicKey.json))
            #expect(try await plane.send(once).status == 401)
            try await scenario.approver.change(.disableAgent(scenario.agent.id))
            #expect(try await plane.exchange(call.line, own, body: call.body).status == 401)
        }
    }

    @Test(arguments: closed)
    func `the agent itself gets past every one of them, and a second time only with a second proof`(line: String)
        async throws
    {
        try await AuthorityFixture.withScenario { scenario in
            let plane = RealPlane(scenario)
            let call = try await Call(line, scenario)
            let request = try plane.request(call.line, try await plane.own, body: call.body)
            #expect((200...201).contains(try await plane.send(request).status))
            #expect(try await plane.send(request).status == 401)
        }
    }

    @Test func `another agent meets nothing of this one's`() async throws {
        try await AuthorityFixture.withScenario { scenario in
            let plane = RealPlane(scenario)
            let other = try await scenario.addAgent("other")
            for line in Self.closed where line.contains("{id}") {
                let call = try await Call(line, scenario)
                let token = try await other.freshToken()
                let answer = try await plane.exchange(call.line, .init(token: token, key: other.key), body: call.body)
                #expect(answer.status == 404, "\(line)")
                #expect(answer.json["code"] == "not_found", "\(line)")
            }
        }
    }
}

/// One call that would succeed, were it the agent's.
private struct Call {
    var line: String
    var url: Text
    var body: RealPlane.Body
    var request: RequestID
    var actionToken: Text
    private let before: RequestStatus

    init(_ line: String, _ scenario: Scenario) async throws {
        // Something to cancel, to ask a token for, to claim or to complete.
        let standing: Standing =
            switch line {
            case "POST /v1/executions/{id}/completion": try await scenario.executing()
            default: try await scenario.granted()
            }
        request = standing.id
        actionToken = standing.token ?? ""
        before = line.hasSuffix("completion") ? .executing : .granted
        let id = line.hasSuffix("completion") ? standing.execution?.text ?? "" : standing.id.text
        self.line = line.replacing("{id}", with: id.string)
        url = "\(scenario.authority.settings.issuer)\(self.line.split(separator: " ")[1])"
        let action = try await scenario.agent.read(standing.id)["action"] ?? .null
        body =
            switch line {
            case "POST /oauth/introspect", "POST /oauth/revoke": .form("token=\(actionToken)")
            case "POST /v1/requests": .json(["action": Scenario.deletion])
            case "POST /v1/requests/{id}/token": .json(["audience": .string(scenario.agent.id.text)])
            case "POST /v1/claims": .json(["token": .string(actionToken), "action": action])
            case "POST /v1/executions/{id}/completion": .json(["outcome": "succeeded"])
            default: .none
            }
    }

    func isUntouched(_ scenario: Scenario) async throws -> Bool {
        let requests = try await scenario.fixture.read { try $0.requests(RequestFilter(limit: 100)) }
        return requests.map(\.progress.status) == [before]
    }
}
