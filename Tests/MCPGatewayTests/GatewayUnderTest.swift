import ActionTokens
import AgentEndpoints
import AuthorityCore
import AuthorityTestKit
import CanonicalEncoding
import DomainModel
import HTTPTypes
import Hummingbird
import Logging
import MCPGateway
import NIOCore
import SecretMaterial
import Synchronization
import Testing
import WireProtocol

/// The gateway's plane on a real agents' plane with real authentication, called without a network.
struct GatewayUnderTest {
    let scenario: Scenario
    let useCases: ScriptedGateway
    let line: ScriptedLine
    let plane: GatewayPlane
    private let responder: RouterResponder<AgentContext>
    private let token: Text

    static func run(
        _ bend: (inout GatewaySettings) -> Void = { _ in }, _ body: (GatewayUnderTest) async throws -> Void
    ) async throws {
        var settings = GatewaySettings(version: "1.2.3", random: { SystemRandom().bytes($0) })
        bend(&settings)
        let bent = settings
        try await AuthorityFixture.withScenario { scenario in
            try await body(try await GatewayUnderTest(scenario, bent))
        }
    }

    private init(_ scenario: Scenario, _ settings: GatewaySettings) async throws {
        self.scenario = scenario
        useCases = ScriptedGateway()
        line = ScriptedLine()
        let clock = scenario.clock
        let limits = CallLimits { clock.now }
        let agents = AgentPlane(authority: scenario.authority, limits: limits)
        plane = GatewayPlane(
            authority: scenario.authority, useCases: useCases, limits: limits, settings: settings, line: line)
        plane.add(to: agents.router)
        responder = agents.router.buildResponder()
        token = try await scenario.agent.freshToken()
    }

    struct Credential {
        var scheme = "DPoP"
        var token: Text?
        var key: SigningKey?
        var nonce: Text?
        var provenFor: Text?
    }

    struct Answer {
        var status: Int
        var headers: HTTPFields
        var bytes: [UInt8]

        func header(_ name: String) -> String? { HTTPField.Name(name).flatMap { headers[$0] } }

        var json: JSONValue { (try? JSONReader.read(bytes, limits: .stored)) ?? .null }
        var error: JSONValue? { json["error"] }
        var result: JSONValue? { json["result"] }
        var code: Int64? { error?["code"]?.integerValue }

        /// The messages of a stream; comments are none.
        var events: [JSONValue] { EventReader.events(bytes) }
    }

    var own: Credential { Credential(token: token, key: scenario.agent.key) }

    func post(
        _ body: JSONValue, _ path: String = "/mcp", _ headers: [String: String] = [:], as credential: Credential? = nil
    ) async throws -> Answer {
        try await post(bytes: CanonicalJSON.encode(body), path, headers, as: credential)
    }

    func post(
        bytes: [UInt8], _ path: String = "/mcp", _ headers: [String: String] = [:], as credential: Credential? = nil
    ) async throws -> Answer {
        try await send("POST", path, headers, body: bytes, credential ?? own)
    }

    func send(
        _ method: String, _ path: String, _ headers: [String: String] = [:], body: [UInt8] = [],
        _ credential: Credential, to sink: Sink = Sink()
    ) async throws -> Answer {
        var fields: HTTPFields = [.accept: "application/json, text/event-stream"]
        if method == "POST" { fields[.contentType] = "application/json" }
        let issuer = scenario.authority.settings.issuer
        if let token = credential.token { fields[.authorization] = "\(credential.scheme) \(token)" }
        if let key = credential.key {
            let proof = try DPoPProof.mint(
                for: ProofTarget(method: Text(method), url: credential.provenFor ?? "\(issuer)\(path)"),
                binding: DPoPProof.Binding(
                    accessToken: credential.token, nonce: credential.nonce ?? scenario.authority.currentNonce),
                key: key, at: scenario.clock.now, unique: SystemRandom().bytes(16))
            fields[try #require(HTTPField.Name("DPoP"))] = proof.string
        }
        for (name, value) in headers {
            let field = try #require(HTTPField.Name(name))
            // A value with a line break stands for a header that occurs twice.
            fields[values: field] = value.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        }
        let head = HTTPRequest(
            method: HTTPRequest.Method(method) ?? .get, scheme: "http", authority: "127.0.0.1:7420", path: path,
            headerFields: fields)
        let response = try await responder.respond(
            to: Request(head: head, body: RequestBody(buffer: ByteBuffer(bytes: body))),
            context: AgentContext(logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }))
        try await response.body.write(SinkWriter(sink: sink))
        return Answer(status: Int(response.status.code), headers: response.headers, bytes: sink.bytes)
    }
}

/// Keeps what a response writes, and says so while it is written.
final class Sink: Sendable {
    private let written = Mutex<[UInt8]>([])
    let parts: AsyncStream<[UInt8]>
    private let source: AsyncStream<[UInt8]>.Continuation

    init() { (parts, source) = AsyncStream.makeStream() }

    var bytes: [UInt8] { written.withLock { $0 } }

    fileprivate func take(_ part: [UInt8]) {
        written.withLock { $0 += part }
        source.yield(part)
    }

    fileprivate func end() { source.finish() }
}

private struct SinkWriter: ResponseBodyWriter {
    let sink: Sink

    func write(_ buffer: ByteBuffer) async throws { sink.take(Array(buffer.readableBytesView)) }
    func finish(_ trailingHeaders: HTTPFields?) async throws { sink.end() }
}

enum EventReader {
    static func events(_ bytes: [UInt8]) -> [JSONValue] {
        String(decoding: bytes, as: UTF8.self).split(separator: "\n").compactMap { line in
            line.hasPrefix("data: ") ? try? JSONReader.read(String(line.dropFirst(6)), limits: .stored) : nil
        }
    }
}

/// A client of one of the revisions with sessions.
struct SessionClient {
    let gateway: GatewayUnderTest
    var path = "/mcp"
    var session = ""
    var revision = "2025-11-25"
    var initialized: JSONValue = .null

    init(_ gateway: GatewayUnderTest, path: String = "/mcp", revision: String = "2025-11-25") async throws {
        self.gateway = gateway
        self.path = path
        self.revision = revision
        let answer = try await gateway.post(Self.initialize(revision), path)
        session = try #require(answer.header("Mcp-Session-Id"))
        initialized = try #require(answer.result)
    }

    static func initialize(_ revision: String, id: JSONValue = 0) -> JSONValue {
        [
            "jsonrpc": "2.0", "id": id, "method": "initialize",
            "params": [
                "protocolVersion": .string(Text(revision)), "capabilities": [:],
                "clientInfo": ["name": "test", "version": "1"],
            ],
        ]
    }

    var headers: [String: String] { ["Mcp-Session-Id": session, "MCP-Protocol-Version": revision] }

    func ask(_ method: Text, _ params: JSONObject = [:], id: JSONValue = 1) async throws -> GatewayUnderTest.Answer {
        try await gateway.post(
            ["jsonrpc": "2.0", "id": id, "method": .string(method), "params": .object(params)], path, headers)
    }

    func notify(_ method: Text, _ params: JSONObject = [:]) async throws -> GatewayUnderTest.Answer {
        try await gateway.post(
            ["jsonrpc": "2.0", "method": .string(method), "params": .object(params)], path, headers)
    }
}

/// A client of 2026-07-28.
struct StatelessClient {
    let gateway: GatewayUnderTest
    var path = "/mcp"
    var capabilities: JSONObject = [:]

    static let tasks: JSONObject = ["extensions": ["io.modelcontextprotocol/tasks": [:]]]

    func message(_ method: Text, _ params: JSONObject, id: JSONValue = 1, more: JSONObject = [:]) -> JSONValue {
        var params = params
        var meta: JSONObject = [
            "io.modelcontextprotocol/protocolVersion": "2026-07-28",
            "io.modelcontextprotocol/clientInfo": ["name": "test", "version": "1"],
            "io.modelcontextprotocol/clientCapabilities": .object(capabilities),
        ]
        for member in more.members { meta[member.name] = member.value }
        params["_meta"] = .object(meta)
        return ["jsonrpc": "2.0", "id": id, "method": .string(method), "params": .object(params)]
    }

    func headers(_ method: Text, _ params: JSONObject) -> [String: String] {
        var headers = ["MCP-Protocol-Version": "2026-07-28", "Mcp-Method": method.string]
        let name = params["name"] ?? params["uri"] ?? params["taskId"]
        if let name = name?.stringValue, method != "tools/list" { headers["Mcp-Name"] = name }
        return headers
    }

    func ask(
        _ method: Text, _ params: JSONObject = [:], id: JSONValue = 1, more: JSONObject = [:],
        _ bend: (inout [String: String]) -> Void = { _ in }
    ) async throws -> GatewayUnderTest.Answer {
        var headers = headers(method, params)
        bend(&headers)
        return try await gateway.post(message(method, params, id: id, more: more), path, headers)
    }
}

extension GatewayUnderTest {
    static let request = DomainModel.RequestID(at: Timestamp(milliseconds: 0), random: Array(repeating: 7, count: 16))

    var waiting: WaitingCall {
        WaitingCall(
            request: Self.request, digest: Digest(sha256: []), since: scenario.clock.now,
            expiresAt: scenario.clock.now.adding(seconds: 900))
    }

    func task(_ state: GatewayTask.State, revision: Int64 = 1) -> GatewayTask {
        let now = scenario.clock.now
        return GatewayTask(
            id: Self.request, state: state, revision: revision, createdAt: now, updatedAt: now,
            expiresAt: now.adding(seconds: 900))
    }
}
