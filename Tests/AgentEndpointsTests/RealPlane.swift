import APIClient
import ActionTokens
import AgentEndpoints
import AuthorityCore
import AuthorityTestKit
import CanonicalEncoding
import DomainModel
import Hummingbird
import SecretMaterial
import WireProtocol

/// The agents' plane before a real authority, called without a network: every header and byte is the test's.
struct RealPlane {
    /// What a call carries beside its body.
    struct Credential {
        var scheme = "DPoP"
        var token: Text?
        /// Signs the proof; nil: there is none.
        var key: SigningKey?
        /// What the proof says that it is for; nil: the call.
        var provenFor: (method: Text, url: Text)?
        /// Nil: the plane's own.
        var nonce: Text?
    }

    let scenario: Scenario
    private let transport: PlaneTransport

    init(_ scenario: Scenario) {
        self.scenario = scenario
        transport = PlaneTransport(
            responder: AgentPlane(authority: scenario.authority, limits: CallLimits { scenario.clock.now }).router
                .buildResponder())
    }

    var own: Credential {
        get async throws { Credential(token: try await scenario.agent.freshToken(), key: scenario.agent.key) }
    }

    func exchange(
        _ line: String, _ credential: Credential, body: Body = .none, more: [(name: String, value: String)] = []
    ) async throws -> TransportResponse {
        try await transport.exchange(try request(line, credential, body: body, more: more))
    }

    /// Ready to be sent, once or more often.
    func request(
        _ line: String, _ credential: Credential, body: Body = .none, more: [(name: String, value: String)] = []
    ) throws -> TransportRequest {
        let parts = line.split(separator: " ").map(String.init)
        let url: Text = "\(scenario.authority.settings.issuer)\(parts[1])"
        var request = TransportRequest(method: parts[0], url: url.string, headers: more)
        switch body {
        case .none: break
        case .json(let json):
            request.headers.append(("content-type", "application/json"))
            request.body = CanonicalJSON.encode(json)
        case .form(let text):
            request.headers.append(("content-type", "application/x-www-form-urlencoded"))
            request.body = Array(text.utf8)
        }
        if let token = credential.token {
            request.headers.append(("authorization", "\(credential.scheme) \(token)"))
        }
        if let key = credential.key {
            let target = credential.provenFor ?? (Text(parts[0]), url)
            let proof = try DPoPProof.mint(
                for: ProofTarget(method: target.method, url: target.url),
                binding: DPoPProof.Binding(
                    accessToken: credential.token, nonce: credential.nonce ?? scenario.authority.currentNonce),
                key: key, at: scenario.clock.now, unique: SystemRandom().bytes(16))
            request.headers.append(("dpop", proof.string))
        }
        return request
    }

    func send(_ request: TransportRequest) async throws -> TransportResponse { try await transport.exchange(request) }

    enum Body {
        case none
        case json(JSONValue)
        case form(String)
    }
}

extension TransportResponse {
    var json: JSONValue { (try? JSONReader.read(body)) ?? .null }
}
