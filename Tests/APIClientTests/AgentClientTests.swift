import APIClient
import CanonicalEncoding
import DomainModel
import Testing
import WireProtocol

@Suite struct AgentClientTests {
    static let action = Action(
        tool: ToolReference(server: "shell", name: "x"), resource: ResourceReference(type: "Host", id: "h"),
        environment: "prod", arguments: [:], deadlineSeconds: 60)
    static let id = RequestID(at: Timestamp(seconds: 1), random: Array(repeating: 1, count: 16))
    static let execution = ExecutionID(at: Timestamp(seconds: 1), random: Array(repeating: 1, count: 16))

    static func view(_ status: String, revision: Int64 = 1) -> JSONValue {
        [
            "id": .string(id.text), "status": .string(Text(status)), "action": action.json,
            "action_digest": "\(action.digest.wire)", "tier": "approval", "reasons": [],
            "votes": ["approved": 0, "denied": 0], "expires_at": "2027-01-01T00:00:00.000Z",
            "created_at": "2026-01-01T00:00:00.000Z", "updated_at": "2026-01-01T00:00:00.000Z",
            "revision": .integer(revision),
        ]
    }

    static let body = OpenRequestBody(action: SubmittedAction(server: "shell", name: "x", arguments: [:]))

    @Test func `the nonce of a refusal is in the next proof, at once`() async throws {
        let bench = ClientBench([
            ScriptedServer.oauth("use_dpop_nonce", nonce: "n1"), ScriptedServer.token,
            ScriptedServer.problem(.useDPoPNonce, nonce: "n2"), ScriptedServer.json(201, Self.view("pending")),
        ])
        let view = try await bench.client.open(Self.body, idempotencyKey: "k")
        #expect(view.status == .pending)
        #expect(bench.server.seen.count == 4)
        #expect(try bench.proof(0)["nonce"] == nil)
        #expect(try bench.proof(1)["nonce"] == "n1")
        #expect(try bench.proof(3)["nonce"] == "n2")
        #expect(try bench.proof(3)["htu"] == "https://agents.example/v1/requests")
        #expect(try bench.proof(3)["ath"]?.stringValue != nil)
    }

    @Test func `a lost answer is asked for again with the same key and bytes, and a fresh proof`() async throws {
        let bench = ClientBench([
            ScriptedServer.token, .lost, ScriptedServer.problem(.storeUnavailable),
            ScriptedServer.json(200, Self.view("approved")),
        ])
        _ = try await bench.client.open(Self.body, idempotencyKey: "k")
        let calls = bench.server.seen.dropFirst()
        #expect(calls.count == 3)
        #expect(Set(calls.map(\.body)).count == 1)
        #expect(calls.allSatisfy { $0.headers.contains { $0.name == "idempotency-key" && $0.value == "k" } })
        #expect(Set(try (1...3).map { try bench.proof($0)["jti"] }).count == 3)
    }

    @Test func `the access token is used until shortly before its end`() async throws {
        let bench = ClientBench([
            ScriptedServer.token, ScriptedServer.json(200, Self.view("pending")),
            ScriptedServer.json(200, Self.view("pending")),
        ])
        _ = try await bench.client.read(Self.id)
        _ = try await bench.client.read(Self.id)
        #expect(bench.server.seen.filter { $0.url.hasSuffix("/oauth/token") }.count == 1)
    }

    @Test func `a token that is refused is replaced once`() async throws {
        let bench = ClientBench([
            ScriptedServer.token, ScriptedServer.problem(.invalidToken), ScriptedServer.token,
            ScriptedServer.json(200, Self.view("pending")),
        ])
        _ = try await bench.client.read(Self.id)
        #expect(bench.server.seen.count == 4)
    }

    @Test func `a refusal is not repeated and keeps its code`() async throws {
        let bench = ClientBench([ScriptedServer.token, ScriptedServer.problem(.policyDenied)])
        await #expect(throws: ClientError.self) { _ = try await bench.client.open(Self.body, idempotencyKey: "k") }
        #expect(bench.server.seen.count == 2)
    }

    @Test func `patience ends`() async throws {
        let bench = ClientBench([ScriptedServer.token], patience: .seconds(20))
        do throws(ClientError) {
            _ = try await bench.client.read(Self.id)
            Issue.record("a lost server answered")
        } catch {
            guard case .unreachable = error else { Issue.record("\(error)"); return }
        }
        #expect((4...40).contains(bench.server.seen.count))
    }

    @Test func `a waiter says what it knows, and nothing new is what it had`() async throws {
        let known = try RequestView(json: Self.view("pending", revision: 7))
        let bench = ClientBench([ScriptedServer.token, .answer(TransportResponse(status: 304))])
        let view = try await bench.client.read(Self.id, waitSeconds: 30, known: known)
        #expect(view == known)
        let call = bench.server.seen[1]
        #expect(call.url.hasSuffix("?wait=30"))
        #expect(call.headers.contains { $0.name == "if-none-match" && $0.value == "\"7\"" })
        #expect(try bench.proof(1)["htu"]?.stringValue?.contains("?") == false)
    }

    @Test func `a claim is read`() async throws {
        let bench = ClientBench([
            ScriptedServer.token,
            ScriptedServer.json(
                201, ["execution": .string(Self.execution.text), "deadline": "2027-01-01T00:00:00.000Z", "more": 1]),
        ])
        let claim = try await bench.client.claim(ClaimBody(token: "t", action: Self.action), idempotencyKey: "k")
        #expect(claim.execution == Self.execution)
    }

    @Test func `an answer that is not ours is said to be so`() async throws {
        let bench = ClientBench([
            ScriptedServer.token, .answer(TransportResponse(status: 418, body: Array("<html>".utf8))),
        ])
        do throws(ClientError) {
            _ = try await bench.client.read(Self.id)
        } catch {
            guard case .unexpected = error else { Issue.record("\(error)"); return }
        }
    }
}
