import APIClient
import ActionTokens
import AuthorityTestKit
import CanonicalEncoding
import DomainModel
import Foundation
import SecretMaterial
import WireProtocol

/// One server with an agent and two people, ready for rounds.
struct RaceTrack {
    let installation: Installation
    private(set) var server: ServerProcess
    let client: AgentClient
    /// Administrator and approver.
    var ana: TestBrowser
    /// Approver alone.
    var ben: TestBrowser
    private let agent: AgentID
    private var accessToken: Text = ""
    private var nonce: Text?
    private var renewal = Timestamp(milliseconds: 0)

    struct NotReady: Error { var what: String }

    init() async throws {
        installation = try await Installation.copy()
        server = try await ServerProcess(data: installation.data, environment: Self.limits)
        client = try installation.agent(server, patience: .seconds(20))
        agent = client.identity.agent
        ana = installation.browser.visiting(server.consoleURL)
        ben = TestBrowser(origin: server.consoleURL)
        let spec = Change.PersonSpec(
            id: try Scenario.name("ben"), name: "Ben", roles: [.approver], groups: [try Scenario.name("operators")])
        guard let link = try await ana.apply(.addPerson(spec))["enrolment_link"]?.textValue else {
            throw NotReady(what: "an enrolment link")
        }
        try await ben.enrol(link: link)
    }

    /// One agent makes more calls than an installation lets it: what is raced for is the grant.
    private static let limits = [
        "AGENTS_LIMIT_ENTRANCE", "AGENTS_LIMIT_CALLER", "PEOPLE_LIMIT_ENTRANCE", "PEOPLE_LIMIT_CALLER",
    ].reduce(into: [:]) { $0["COUNTERSIGN_\($1)"] = "10000/10000" }

    /// A request that waits for people.
    func pending() async throws -> RequestView {
        try await client.open(
            try OpenRequestBody(json: ["action": Scenario.deletion]), idempotencyKey: Text(UUID().uuidString))
    }

    /// A request that people approved and that has its token.
    mutating func granted() async throws -> (request: RequestView, claim: ClaimBody) {
        let request = try await pending()
        try await ana.vote(.approve, on: request.id)
        let token = try await client.token(request.id, audience: agent)
        return (request, ClaimBody(token: token.accessToken, action: request.action))
    }

    func status(of id: RequestID) async throws -> RequestStatus? { try await client.read(id).status }

    /// A claim with a proof of its own.
    mutating func claimCall(_ body: ClaimBody, key: Text = Text(UUID().uuidString)) async throws -> TransportRequest {
        var call = try await agentCall(.claimExecution)
        call.headers += [("content-type", "application/json"), ("idempotency-key", key.string)]
        call.body = CanonicalJSON.encode(body.json)
        return call
    }

    mutating func cancelCall(_ id: RequestID) async throws -> TransportRequest {
        try await agentCall(.cancelRequest, id: id)
    }

    /// Says that the data was put back, as an operator does, and starts the server again at its addresses.
    mutating func restore() async throws {
        guard try await server.stop() else { throw NotReady(what: "a stopped server") }
        let verb = try Program(["restore", "--data", installation.data, "--yes"], in: installation.folder)
        guard try await verb.exitStatus() == 0 else { throw NotReady(what: "a restore: \(verb.said)") }
        server = try await ServerProcess(data: installation.data, addresses: server.addresses)
    }

    /// Another agent with a key of its own.
    mutating func addAgent(_ name: Text) async throws -> AgentClient {
        let id: AgentID = try Scenario.name(name)
        let key = SigningKey(generating: .es256)
        try await ana.apply(
            .addAgent(
                .init(
                    id: id, owner: try Scenario.name("owner"), purpose: "executes", environment: nil, groups: [],
                    jwk: key.publicKey.json, endsAt: Installation.now().adding(seconds: 86_400))))
        return AgentClient(
            identity: .init(agent: id, key: key, server: server.agentsURL),
            surroundings: ClientSurroundings(now: Installation.now), patience: .seconds(20))
    }

    /// The claim with the proof that lets another executor make it for the agent.
    func proven(_ claim: ClaimBody?) throws -> ClaimBody {
        guard var claim else { throw NotReady(what: "a token") }
        claim.agentProof = try DPoPProof.mint(
            for: ProofTarget(method: "POST", url: "\(server.agentsURL)\(AgentRoute.claimExecution.path)"),
            binding: DPoPProof.Binding(accessToken: claim.token), key: installation.key, at: Installation.now(),
            unique: SystemRandom().bytes(16))
        return claim
    }

    /// Ends everything; true when the server went as it should.
    func finish() async throws -> Bool { try await server.stop() }

    private mutating func agentCall(_ route: AgentRoute, id: RequestID? = nil) async throws -> TransportRequest {
        if Installation.now() > renewal { try await renew() }
        let url: Text = "\(server.agentsURL)\(route.path(id: id?.text.string ?? ""))"
        var call = TransportRequest(method: route.method.rawValue, url: url.string)
        call.headers = [
            ("authorization", "DPoP \(accessToken)"),
            ("dpop", try proof(for: url, method: Text(route.method.rawValue), accessToken).string),
        ]
        return call
    }

    private func proof(for url: Text, method: Text, _ token: Text?) throws -> Text {
        try DPoPProof.mint(
            for: ProofTarget(method: method, url: url), binding: DPoPProof.Binding(accessToken: token, nonce: nonce),
            key: installation.key, at: Installation.now(), unique: SystemRandom().bytes(16))
    }

    /// A token and a nonce that both live for longer than until the next renewal.
    private mutating func renew() async throws {
        let url: Text = "\(server.agentsURL)\(AgentRoute.issueAccessToken.path)"
        for _ in 0..<2 {
            let assertion = try ClientAssertion.mint(
                clientID: agent.text, issuer: server.agentsURL, key: installation.key, at: Installation.now(),
                unique: SystemRandom().bytes(16))
            var call = TransportRequest(method: "POST", url: url.string)
            call.headers = [
                ("content-type", "application/x-www-form-urlencoded"),
                ("dpop", try proof(for: url, method: "POST", nil).string),
            ]
            // Letters, digits, `-`, `_`, `.`: nothing in the assertion needs escaping.
            call.body = Array(
                "grant_type=client_credentials&client_assertion_type=\(Self.assertionType)&client_assertion=\(assertion)"
                    .utf8)
            let answer = try await AsyncHTTPTransport().exchange(call)
            nonce = answer["dpop-nonce"] ?? nonce
            guard answer.status == 200, let token = answer.json["access_token"]?.textValue else { continue }
            accessToken = token
            renewal = Installation.now().adding(seconds: 60)
            return
        }
        throw NotReady(what: "an access token")
    }

    private static let assertionType = "urn%3Aietf%3Aparams%3Aoauth%3Aclient-assertion-type%3Ajwt-bearer"
}
