import ActionTokens
import AuthorityCore
import AuthorityTestKit
import CanonicalEncoding
import DomainModel
import SecretMaterial
import Testing
import WireProtocol

@Suite struct ClaimTests {
    /// An action with every member, and each of them changed in turn.
    static let whole: JSONObject = [
        "tool": ["server": "orders-db", "name": "execute"],
        "arguments": ["operation": "delete", "id": 7], "expect": ["rows": ["at_most": "1"]], "deadline_seconds": 60,
    ]

    static let changes: [(Text, JSONValue)] = [
        ("tool", ["server": "orders-db2", "name": "execute"]), ("tool", ["server": "orders-db", "name": "execute2"]),
        ("tool", ["server": "orders-db", "name": "execute", "definition": "\(Digest(sha256: [1]).wire)"]),
        ("resource", ["type": "Database", "id": "prod/users"]), ("resource", ["type": "File", "id": "prod/orders"]),
        ("environment", "test"), ("arguments", ["operation": "delete", "id": 8]),
        ("arguments", ["operation": "delete", "id": "7"]), ("arguments", ["operation": "delete", "id": 7, "x": .null]),
        ("arguments", ["operation": "delete"]), ("expect", ["rows": ["at_most": "2"]]),
        ("expect", ["rows": ["at_least": "1"]]), ("deadline_seconds", 61),
        ("preconditions", [["provider": "fact", "of": "x", "value": "1"]]),
    ]

    @Test(arguments: changes)
    func `any changed member is another action`(member: Text, value: JSONValue) async throws {
        try await AuthorityFixture.withScenario { scenario in
            let standing = try await scenario.granted(.object(Self.whole))
            var action = try await scenario.agent.read(standing.id)["action"]?.objectValue ?? [:]
            action[member] = value
            try await expectRefused(.digestMismatch) {
                try await scenario.agent.claim(standing.id, token: standing.token ?? "", action: .object(action))
            }
            #expect(try await scenario.fixture.request(standing.id).progress.status == .granted)
            _ = try await scenario.agent.claim(standing.id, token: standing.token ?? "")
        }
    }

    @Test(arguments: ["expect", "tool", "resource", "environment", "arguments", "deadline_seconds"] as [Text])
    func `a member that is left out is never assumed`(member: Text) async throws {
        try await AuthorityFixture.withScenario { scenario in
            let standing = try await scenario.granted(.object(Self.whole))
            var action = try await scenario.agent.read(standing.id)["action"]?.objectValue ?? [:]
            action[member] = nil
            let error = try await refusal {
                try await scenario.agent.claim(standing.id, token: standing.token ?? "", action: .object(action))
            }
            #expect([.digestMismatch, .missingMember].contains(error?.code))
        }
    }

    @Test func `a token is good up to its last millisecond`() async throws {
        try await AuthorityFixture.withScenario { scenario in
            for (delay, code) in [(Int64(59_999), nil), (60_000, ProblemCode.tokenExpired)] {
                let standing = try await scenario.granted()
                let end = try #require(try await scenario.fixture.request(standing.id).progress.grant?.tokenExpiresAt)
                scenario.clock.advance(
                    milliseconds: end.milliseconds - scenario.clock.now.milliseconds - 60_000 + delay)
                let error = try await refusal {
                    try await scenario.agent.claim(standing.id, token: standing.token ?? "")
                }
                #expect(error?.code == code)
            }
        }
    }

    @Test func `before its window nothing is issued or claimed, and nothing changes`() async throws {
        try await AuthorityFixture.withScenario { scenario in
            let now = scenario.clock.now
            let standing = try await scenario.approved(more: [
                "window": ["from": "\(now.adding(seconds: 30).rfc3339)", "until": "\(now.adding(seconds: 90).rfc3339)"]
            ])
            scenario.clock.advance(milliseconds: 29_999)
            #expect(try await scenario.nextStep(standing)?.code == .windowClosed)
            #expect(try await scenario.fixture.request(standing.id).progress.status == .approved)
            scenario.clock.advance(milliseconds: 1)
            #expect(try await scenario.nextStep(standing) == nil)
        }
    }

    @Test func `frozen between token and claim, the freeze wins and the grant stays`() async throws {
        try await AuthorityFixture.withScenario { scenario in
            let standing = try await scenario.granted()
            for scope in [Freeze.Scope.everything, .agent(scenario.agent.id), .tool("orders-db___execute")] {
                try await scenario.approver.change(.freeze(scope, reason: "stop"))
                #expect(try await scenario.nextStep(standing)?.code == .frozen)
                try await scenario.approver.change(.thaw(scope))
            }
            #expect(try await scenario.nextStep(standing) == nil)
        }
    }

    @Test func `only the audience claims, and only with a proof of the agent that asked`() async throws {
        try await AuthorityFixture.withScenario { scenario in
            let (executor, other) = (try await scenario.addAgent("executor"), try await scenario.addAgent("other"))
            let (agent, id) = (scenario.agent, try await scenario.approved().id)
            let token = try await agent.token(for: id, audience: executor.id)
            let action = try await agent.read(id)["action"] ?? .null
            let stray = try await agent.freshToken()
            let url: Text = "http://127.0.0.1:7420/v1/requests"
            try await expectRefused(.tokenInvalid) { try await agent.claim(token: token, action: action) }
            try await expectRefused(.tokenInvalid) {
                try await other.claim(token: token, action: action, proof: try agent.proof(for: token))
            }
            let proofs: [Text?] = [
                nil, try executor.proof(for: token), try agent.proof(for: stray), "nonsense",
                try agent.proof(for: token, url: url), try agent.proof(for: token, key: other.key),
            ]
            for proof in proofs {
                try await expectRefused(.agentProofInvalid) {
                    try await executor.claim(token: token, action: action, proof: proof)
                }
            }
            let good = try agent.proof(for: token)
            let before = try await scenario.fixture.request(id)
            #expect(before.progress.status == .granted)
            scenario.clock.advance(seconds: 5)
            #expect(try await executor.claim(token: token, action: action, proof: good).isNew)
        }
    }

    @Test func `a proof is used once, for calls and for claims`() async throws {
        try await AuthorityFixture.withScenario { scenario in
            let token = try await scenario.agent.freshToken()
            let call = try scenario.agent.call("POST", "/v1/requests", token: token)
            _ = try await AuthenticateCall(scenario.authority).run(call)
            let error = try await expectRefused(.invalidDPoPProof) {
                try await AuthenticateCall(scenario.authority).run(call)
            }
            #expect(error?.context == "replayed")
            let executor = try await scenario.addAgent("executor")
            let id = try await scenario.approved().id
            let granted = try await scenario.agent.token(for: id, audience: executor.id)
            let proof = try scenario.agent.proof(for: granted)
            // Used in a claim that failed for another reason.
            try await scenario.approver.change(.freeze(.everything, reason: "x"))
            let action = try await scenario.agent.read(id)["action"] ?? .null
            try await expectRefused(.frozen) { try await executor.claim(token: granted, action: action, proof: proof) }
            try await expectRefused(.agentProofInvalid) {
                try await executor.claim(token: granted, action: action, proof: proof)
            }
        }
    }

    @Test func `a proof that an earlier process may have seen claims nothing, a later one does`() async throws {
        try await AuthorityFixture.withScenario { scenario in
            let executor = try await scenario.addAgent("executor")
            let standing = try await scenario.approved()
            let token = try await scenario.agent.token(for: standing.id, audience: executor.id)
            let action = try await scenario.agent.read(standing.id)["action"] ?? .null
            let proof = try scenario.agent.proof(for: token)
            try await scenario.approver.change(.freeze(.everything, reason: "x"))
            try await expectRefused(.frozen) { try await executor.claim(token: token, action: action, proof: proof) }
            try await scenario.approver.change(.thaw(.everything))

            let restarted = try await scenario.restarted()
            let (agent, later) = (restarted.agent, executor.at(restarted.authority))
            // The one that was seen, one of the same moment, and one of a clock that runs ahead.
            for (proof, offset) in [(proof, 0), (try agent.proof(for: token), 10)] as [(Text, Int64)] {
                scenario.clock.advance(seconds: offset)
                for proof in [proof, try agent.proof(for: token)] {
                    let error = try await expectRefused(.agentProofInvalid) {
                        try await later.claim(token: token, action: action, proof: proof)
                    }
                    #expect(error?.retryAfterSeconds == 10)
                }
            }
            scenario.clock.advance(seconds: 1)
            #expect(try await later.claim(token: token, action: action, proof: try agent.proof(for: token)).isNew)
            try await restarted.fixture.closeStore()
        }
    }

    @Test func `what was granted after a restart needs no patience`() async throws {
        try await AuthorityFixture.withScenario { scenario in
            let executor = try await scenario.addAgent("executor")
            let id = try await scenario.approved().id
            let restarted = try await scenario.restarted()
            scenario.clock.advance(milliseconds: 1)
            let (agent, later) = (restarted.agent, executor.at(restarted.authority))
            let token = try await agent.token(for: id, audience: executor.id)
            let action = try await agent.read(id)["action"] ?? .null
            #expect(try await later.claim(token: token, action: action, proof: try agent.proof(for: token)).isNew)
            try await restarted.fixture.closeStore()
        }
    }

    @Test func `the same claimant with the same key gets the same answer, and it runs once`() async throws {
        try await AuthorityFixture.withScenario { scenario in
            let standing = try await scenario.granted()
            let (agent, token) = (scenario.agent, standing.token ?? "")
            let action = try await agent.read(standing.id)["action"] ?? .null
            let first = try await agent.claim(token: token, action: action, idempotencyKey: "k")
            let second = try await agent.claim(token: token, action: action, idempotencyKey: "k")
            #expect(first.isNew && !second.isNew && first.view == second.view)
            try await expectRefused(.alreadyClaimed) { try await agent.claim(token: token, action: action) }
            try await expectRefused(.alreadyClaimed) {
                try await agent.claim(token: token, action: action, idempotencyKey: "other")
            }
            let next = try await scenario.granted()
            try await expectRefused(.idempotencyConflict) {
                try await agent.claim(token: next.token ?? "", action: action, idempotencyKey: "k")
            }
            #expect(try await scenario.fixture.entries(of: "execution.claimed").count == 1)
        }
    }

    @Test(arguments: [nil, "k"] as [Text?])
    func `of many claims at once one wins; with one key all get its answer`(key: Text?) async throws {
        try await AuthorityFixture.withScenario { scenario in
            let standing = try await scenario.granted()
            let action = try await scenario.agent.read(standing.id)["action"] ?? .null
            let answers = await withTaskGroup(of: ClaimExecution.Answer?.self) { group in
                for _ in 0..<12 {
                    group.addTask {
                        try? await scenario.agent.claim(
                            token: standing.token ?? "", action: action, idempotencyKey: key)
                    }
                }
                return await group.reduce(into: []) { $0.append($1) }
            }
            #expect(answers.count { $0?.isNew == true } == 1)
            #expect(answers.count { $0 != nil } == (key == nil ? 1 : 12))
            #expect(try await scenario.fixture.entries(of: "execution.claimed").count == 1)
        }
    }

    @Test func `revoked, lapsed, forged, foreign and misused tokens are not accepted`() async throws {
        try await AuthorityFixture.withScenario { scenario in
            let (agent, standing) = (scenario.agent, try await scenario.granted())
            let token = try #require(standing.token)
            let action = try await agent.read(standing.id)["action"] ?? .null
            let access = try await agent.freshToken()
            try await agent.revoke(token)
            let parts = token.string.split(separator: ".")
            let tokens: [Text] = [
                token, access, "", "a.b.c", Text("\(parts[0]).\(parts[1])."), Text("\(parts[0]).\(parts[1]).AAAA"),
                try Forged.token(like: ActionTokenTests.payload(token), by: SigningKey(generating: .es256), scenario),
            ]
            for token in tokens {
                try await expectRefused(.tokenInvalid) { try await agent.claim(token: token, action: action) }
            }
            #expect(try await scenario.fixture.request(standing.id).progress.status == .approved)
            // And the reverse: a token for one action is no access token.
            let next = try #require(try await scenario.granted().token)
            try await expectRefused(.invalidToken) {
                try await AuthenticateCall(scenario.authority).run(try agent.call("POST", "/v1/requests", token: next))
            }
        }
    }

    @Test func `a token of an earlier epoch is not accepted, whatever it is signed with`() async throws {
        try await AuthorityFixture.withScenario { scenario in
            let standing = try await scenario.granted()
            let action = try await scenario.agent.read(standing.id)["action"] ?? .null
            let restored = try await scenario.restored()
            try await expectRefused(.tokenInvalid) {
                try await restored.agent.claim(token: standing.token ?? "", action: action)
            }
            // Even one that says the new epoch finds a request of the old one.
            let claims = try ActionTokenTests.payload(standing.token ?? "")
            let forged = try Forged.token(like: claims, by: scenario.fixture.signingKey, restored, epoch: "2")
            try await expectRefused(.stale) { try await restored.agent.claim(token: forged, action: action) }
            try await restored.fixture.closeStore()
        }
    }

    @Test func `a freeze of the executor stops token and claim`() async throws {
        try await AuthorityFixture.withScenario { scenario in
            let executor = try await scenario.addAgent("executor")
            let (agent, id) = (scenario.agent, try await scenario.approved().id)
            try await scenario.approver.change(.freeze(.agent(executor.id), reason: "stop"))
            try await expectRefused(.frozen) { try await agent.token(for: id, audience: executor.id) }
            try await scenario.approver.change(.thaw(.agent(executor.id)))
            let token = try await agent.token(for: id, audience: executor.id)
            let action = try await agent.read(id)["action"] ?? .null
            try await scenario.approver.change(.freeze(.agent(executor.id), reason: "stop"))
            try await expectRefused(.frozen) {
                try await executor.claim(token: token, action: action, proof: try agent.proof(for: token))
            }
            #expect(try await scenario.fixture.request(id).progress.status == .granted)
        }
    }
}

/// Tokens that the authority never made.
enum Forged {
    static func token(
        like claims: JSONObject, by key: SigningKey, _ scenario: Scenario, epoch: Text = "1"
    ) throws -> Text {
        let issuer = scenario.fixture.settings.issuer
        let detail = claims["authorization_details"]?.arrayValue?.first
        let digest = try #require(detail?["action"]?.stringValue.flatMap(Digest.init(wire:)))
        let life = TokenLife(
            issuedAt: Timestamp(seconds: claims["iat"]?.integerValue ?? 0),
            expiresAt: Timestamp(seconds: claims["exp"]?.integerValue ?? 0), tokenID: claims["jti"]?.textValue ?? "")
        return try TokenIssuer(issuer: issuer, key: key).mint(
            ActionTokenClaims(
                token: TokenClaims(
                    issuer: issuer, subject: (claims["sub"]?.textValue ?? "", claims["sub"]?.textValue ?? ""),
                    life: life, keyThumbprint: claims["cnf"]?["jkt"]?.textValue ?? "", epoch: epoch),
                audience: claims["aud"]?.textValue ?? "", txn: claims["txn"]?.textValue ?? "", action: digest,
                request: detail?["request"]?.textValue ?? ""))
    }
}
