import APIClient
import ActionTokens
import AuthorityTestKit
import CanonicalEncoding
import DomainModel
import Foundation
import SecretMaterial
import Synchronization

/// Speaks to the MCP endpoints byte by byte: it corrects nothing, repeats nothing, and sends whatever it is told to.
final class GatewayClient: Sendable {
    enum Scheme: Sendable {
        case proof, bearer
    }

    struct NoToken: Error { var answer: TransportResponse }

    typealias Fields = [(name: String, value: String)]

    let server: Text
    let agent: AgentID
    let key: SigningKey
    let scheme: Scheme
    private let session = Mutex<(token: Text?, nonce: Text?)>((nil, nil))

    init(server: Text, agent: AgentID, key: SigningKey, scheme: Scheme = .proof) {
        self.server = server
        self.agent = agent
        self.key = key
        self.scheme = scheme
    }

    /// One exchange, with a fresh proof or the bearer token.
    func exchange(
        _ method: String = "POST", _ path: String = "/mcp", _ fields: Fields, _ body: [UInt8] = []
    ) async throws -> TransportResponse {
        try await AsyncHTTPTransport().exchange(try await request(method, path, fields, body))
    }

    /// Ready to be sent.
    func request(
        _ method: String = "POST", _ path: String = "/mcp", _ fields: Fields, _ body: [UInt8] = []
    ) async throws -> TransportRequest {
        let token = try await accessToken()
        let url = "\(server)\(path)"
        var request = TransportRequest(method: method, url: url, headers: fields, body: body)
        switch scheme {
        case .bearer: request.headers.append(("authorization", "Bearer \(token)"))
        case .proof:
            request.headers.append(("authorization", "DPoP \(token)"))
            request.headers.append(("dpop", try proof(method, Text(url), token).string))
        }
        return request
    }

    func accessToken() async throws -> Text {
        if let token = session.withLock({ $0.token }) { return token }
        let url: Text = "\(server)/oauth/token"
        var answer = TransportResponse(status: 0)
        for _ in 0..<2 {
            let assertion = try ClientAssertion.mint(
                clientID: agent.text, issuer: server, key: key, at: Installation.now(),
                unique: SystemRandom().bytes(16))
            var request = TransportRequest(method: "POST", url: url.string)
            request.headers = [("content-type", "application/x-www-form-urlencoded")]
            if scheme == .proof { request.headers.append(("dpop", try proof("POST", url, nil).string)) }
            request.body = Array("\(Self.grant)&client_assertion=\(assertion)".utf8)
            answer = try await AsyncHTTPTransport().exchange(request)
            session.withLock { [answer] in $0.nonce = answer["dpop-nonce"] ?? $0.nonce }
            guard let token = answer.json["access_token"]?.textValue else { continue }
            session.withLock { $0.token = token }
            return token
        }
        throw NoToken(answer: answer)
    }

    private static let grant =
        "grant_type=client_credentials&client_assertion_type=urn%3Aietf%3Aparams%3Aoauth%3Aclient-assertion-type%3Ajwt-bearer"

    private func proof(_ method: String, _ url: Text, _ token: Text?) throws -> Text {
        try DPoPProof.mint(
            for: ProofTarget(method: Text(method), url: url),
            binding: DPoPProof.Binding(accessToken: token, nonce: session.withLock { $0.nonce }), key: key,
            at: Installation.now(), unique: SystemRandom().bytes(16))
    }
}

/// A session of revision 2025-11-25.
struct GatewaySession: Sendable {
    let client: GatewayClient
    let path: String
    let fields: GatewayClient.Fields

    struct NotOpened: Error { var answer: TransportResponse }

    init(_ client: GatewayClient, at path: String = "/mcp") async throws {
        self.client = client
        self.path = path
        let opening: JSONValue = [
            "jsonrpc": "2.0", "id": 0, "method": "initialize",
            "params": [
                "protocolVersion": "2025-11-25", "capabilities": [:], "clientInfo": ["name": "raw", "version": "0"],
            ],
        ]
        let answer = try await client.exchange("POST", path, Self.plain, CanonicalJSON.encode(opening))
        guard let id = answer["mcp-session-id"] else { throw NotOpened(answer: answer) }
        fields = Self.plain + [("mcp-session-id", id.string), ("mcp-protocol-version", "2025-11-25")]
        let ready: JSONValue = ["jsonrpc": "2.0", "method": "notifications/initialized"]
        _ = try await client.exchange("POST", path, fields, CanonicalJSON.encode(ready))
    }

    static let plain: GatewayClient.Fields = [
        ("content-type", "application/json"), ("accept", "application/json, text/event-stream"),
    ]

    func send(_ body: String) async throws -> TransportResponse { try await send(Array(body.utf8)) }

    func send(_ body: [UInt8]) async throws -> TransportResponse {
        try await client.exchange("POST", path, fields, body)
    }

    func ask(_ method: Text, _ params: JSONObject = [:], id: JSONValue) async throws -> TransportResponse {
        try await send(
            CanonicalJSON.encode(["jsonrpc": "2.0", "id": id, "method": .string(method), "params": .object(params)]))
    }

    func call(_ tool: Text, _ arguments: JSONValue = [:], id: JSONValue) async throws -> TransportResponse {
        try await ask("tools/call", ["name": .string(tool), "arguments": arguments], id: id)
    }
}

/// Calls of revision 2026-07-28.
struct StatelessCalls: Sendable {
    let client: GatewayClient
    var path = "/mcp"

    func message(_ method: Text, _ params: JSONObject, id: JSONValue = 1) -> JSONValue {
        var params = params
        params["_meta"] = [
            "io.modelcontextprotocol/protocolVersion": "2026-07-28",
            "io.modelcontextprotocol/clientInfo": ["name": "raw", "version": "0"],
            "io.modelcontextprotocol/clientCapabilities": [:],
        ]
        return ["jsonrpc": "2.0", "id": id, "method": .string(method), "params": .object(params)]
    }

    func fields(_ method: Text, _ params: JSONObject) -> GatewayClient.Fields {
        var fields = GatewaySession.plain
        fields += [("mcp-protocol-version", "2026-07-28"), ("mcp-method", method.string)]
        let name = params["name"] ?? params["uri"] ?? params["taskId"]
        if let name = name?.stringValue { fields.append(("mcp-name", name)) }
        return fields
    }

    func ask(
        _ method: Text, _ params: JSONObject = [:], id: JSONValue = 1,
        bend: (inout GatewayClient.Fields) -> Void = { _ in }
    ) async throws -> TransportResponse {
        var fields = fields(method, params)
        bend(&fields)
        return try await client.exchange("POST", path, fields, CanonicalJSON.encode(message(method, params, id: id)))
    }

    func call(
        _ tool: Text, _ arguments: JSONValue = [:], more: JSONObject = [:],
        bend: (inout GatewayClient.Fields) -> Void = { _ in }
    ) async throws -> TransportResponse {
        var params: JSONObject = ["name": .string(tool), "arguments": arguments]
        for member in more.members { params[member.name] = member.value }
        return try await ask("tools/call", params, bend: bend)
    }
}

extension TransportResponse {
    /// The JSON-RPC message that answers, whether it came whole or as the last of a stream's events.
    var message: JSONValue {
        guard self["content-type"]?.string.hasPrefix("text/event-stream") == true else { return json }
        let data = String(decoding: body, as: UTF8.self).split(separator: "\n").filter { $0.hasPrefix("data: ") }
        let messages = data.compactMap { try? JSONReader.read(Array($0.dropFirst(6).utf8)) }
        return messages.last { $0["result"] != nil || $0["error"] != nil } ?? .null
    }

    var rpcCode: Int64? { message["error"]?["code"]?.integerValue }
    var result: JSONValue? { message["result"] }
    /// What the gateway says instead of a result: `waiting_for_approval`, `refused`, `unknown`.
    var gateStatus: String? { result?["structuredContent"]?["status"]?.stringValue }
}
