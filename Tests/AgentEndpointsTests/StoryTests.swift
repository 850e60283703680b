import APIClient
import AgentEndpoints
import AuthorityCore
import AuthorityTestKit
import CanonicalEncoding
import DomainModel
import HTTPTypes
import Hummingbird
import Logging
import NIOCore
import SecretMaterial
import Synchronization
import Testing
import WireProtocol

/// Carries a client's calls to a plane in the same process.
struct PlaneTransport: HTTPTransport {
    let responder: RouterResponder<AgentContext>

    func exchange(_ request: TransportRequest) async throws -> TransportResponse {
        var head = HTTPRequest(
            method: .init(request.method) ?? .get, scheme: "http", authority: "127.0.0.1:7420",
            path: String(request.url.dropFirst("http://127.0.0.1:7420".count)))
        for (name, value) in request.headers {
            if let name = HTTPField.Name(name) { head.headerFields.append(HTTPField(name: name, value: value)) }
        }
        let response = try await responder.respond(
            to: Request(head: head, body: RequestBody(buffer: ByteBuffer(bytes: request.body))),
            context: AgentContext(logger: Logger(label: "test") { _ in SilentLog() }))
        let collector = Collector()
        try await response.body.write(collector)
        return TransportResponse(
            status: Int(response.status.code),
            headers: response.headers.map { ($0.name.canonicalName, $0.value) },
            body: collector.bytes.withLock { $0 })
    }
}

@Suite struct StoryTests {
    static func client(_ scenario: Scenario) -> AgentClient {
        let clock = scenario.clock
        return AgentClient(
            identity: .init(agent: scenario.agent.id, key: scenario.agent.key, server: "http://127.0.0.1:7420"),
            surroundings: ClientSurroundings(now: { clock.now }, sleep: { _ in clock.advance(seconds: 1) }),
            patience: .seconds(5),
            transport: PlaneTransport(
                responder: AgentPlane(authority: scenario.authority, limits: CallLimits { scenario.clock.now }).router
                    .buildResponder()))
    }

    static func body(_ action: JSONValue) throws -> OpenRequestBody {
        OpenRequestBody(action: try SubmittedAction(json: action))
    }

    @Test func `asked, approved, claimed once and completed over HTTP`() async throws {
        try await AuthorityFixture.withScenario { scenario in
            let client = Self.client(scenario)
            let opened = try await client.open(Self.body(Scenario.deletion), idempotencyKey: "k1")
            #expect(opened.status == .pending)
            let again = try await client.open(Self.body(Scenario.deletion), idempotencyKey: "k1")
            #expect(again.id == opened.id)
            _ = try await scenario.approver.decide(.approve, on: opened.id)
            let approved = try await client.read(opened.id)
            #expect(approved.status == .approved && approved.votes.approved == 1)
            let token = try await client.token(opened.id, audience: scenario.agent.id)
            let claim = ClaimBody(token: token.accessToken, action: approved.action)
            let first = try await client.claim(claim, idempotencyKey: "c1")
            #expect(try await client.claim(claim, idempotencyKey: "c1").execution == first.execution)
            await #expect(throws: ClientError.self) { _ = try await client.claim(claim, idempotencyKey: "c2") }
            _ = try await client.complete(first.execution, CompletionBody(outcome: .succeeded, observed: ["rows": "1"]))
            #expect(try await client.read(opened.id).status?.isTerminal == true)
        }
    }

    @Test func `unknown, malformed and foreign handles are one answer`() async throws {
        try await AuthorityFixture.withScenario { scenario in
            let client = Self.client(scenario)
            let unknown = RequestID(at: scenario.clock.now, random: Array(repeating: 9, count: 16))
            do throws(ClientError) {
                _ = try await client.read(unknown)
                Issue.record("an unknown request was read")
            } catch { #expect(error.code == .notFound) }
        }
    }

    @Test func `another key with the agent's name gets no token`() async throws {
        try await AuthorityFixture.withScenario { scenario in
            let body = try Self.body(Scenario.reading)
            var identity = Self.client(scenario).identity
            identity.key = .init(generating: .es256)
            let clock = scenario.clock
            let stranger = AgentClient(
                identity: identity, surroundings: ClientSurroundings(now: { clock.now }), patience: .seconds(1),
                transport: PlaneTransport(
                    responder: AgentPlane(authority: scenario.authority, limits: CallLimits { scenario.clock.now })
                        .router.buildResponder()))
            do throws(ClientError) {
                _ = try await stranger.open(body, idempotencyKey: "k")
                Issue.record("a stranger asked")
            } catch { #expect(error.code == .invalidClient) }
        }
    }
}
