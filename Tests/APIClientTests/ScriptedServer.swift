import APIClient
import ActionTokens
import CanonicalEncoding
import DomainModel
import SecretMaterial
import Synchronization
import WireProtocol

/// Answers in the order of a script, and remembers what it was asked.
final class ScriptedServer: HTTPTransport {
    enum Step: Sendable {
        case answer(TransportResponse)
        case lost
    }

    struct Lost: Error {}

    private let state: Mutex<(steps: [Step], seen: [TransportRequest])>

    init(_ steps: [Step]) {
        state = Mutex((steps, []))
    }

    var seen: [TransportRequest] { state.withLock { $0.seen } }

    func exchange(_ request: TransportRequest) async throws -> TransportResponse {
        let step: Step? = state.withLock { state in
            state.seen.append(request)
            return state.steps.isEmpty ? nil : state.steps.removeFirst()
        }
        switch step {
        case .answer(let response): return response
        case .lost, nil: throw Lost()
        }
    }

    static func json(_ status: Int, _ json: JSONValue, nonce: String? = nil) -> Step {
        var response = TransportResponse(status: status, body: CanonicalJSON.encode(json))
        if let nonce { response.headers.append(("dpop-nonce", nonce)) }
        return .answer(response)
    }

    static func problem(_ code: ProblemCode, nonce: String? = nil) -> Step {
        json(code.status, ProblemDocument(code: code, detail: "No.").json, nonce: nonce)
    }

    static let token = json(200, ["access_token": "at", "token_type": "DPoP", "expires_in": 600])

    static func oauth(_ word: String, nonce: String) -> Step {
        json(400, ["error": .string(Text(word)), "code": .string(Text(word))], nonce: nonce)
    }
}

/// A client of a scripted server, with a clock that the client's own pauses move on.
struct ClientBench {
    let server: ScriptedServer
    let client: AgentClient

    init(_ steps: [ScriptedServer.Step], patience: Duration = .seconds(60)) {
        let server = ScriptedServer(steps)
        let clock = BenchClock()
        self.server = server
        client = AgentClient(
            identity: .init(
                agent: AgentID("cleaner")!, key: SigningKey(generating: .ed25519), server: "https://agents.example"),
            surroundings: ClientSurroundings(
                now: { clock.now }, sleep: { clock.advance(by: $0) }),
            patience: patience, transport: server)
    }

    /// The claims of a proof that was sent.
    func proof(_ index: Int) throws -> JSONObject {
        let header = server.seen[index].headers.first { $0.name == "dpop" }?.value ?? ""
        return try CompactJWS(Text(header)).payload
    }
}

final class BenchClock: Sendable {
    private let milliseconds = Mutex<Int64>(1_800_000_000_000)
    var now: Timestamp { Timestamp(milliseconds: milliseconds.withLock { $0 }) }

    func advance(by duration: Duration) {
        milliseconds.withLock {
            $0 += duration.components.seconds * 1000 + duration.components.attoseconds / 1_000_000_000_000_000
        }
    }
}
