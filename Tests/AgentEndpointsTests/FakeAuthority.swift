import AgentEndpoints
import AuthorityCore
import CanonicalEncoding
import HTTPTypes
import Hummingbird
import Logging
import NIOCore
import Synchronization
import WireProtocol

/// An authority that believes `Authorization: DPoP good` and answers with what it was asked.
struct FakeAuthority: AgentUseCases {
    var refusal: AuthorityError?
    let issuer: Text = "https://agents.example"
    let nonce: Text = "nonce-1"
    let metadata: JSONValue = ["issuer": "https://agents.example"]
    let keySet: JSONValue = ["keys": []]

    func caller(of call: HTTPCall) async throws(AuthorityError) -> Text {
        guard let value = call.authorization.first else { throw AuthorityError(.unauthenticated, "No token.") }
        guard value == "DPoP good" else { throw AuthorityError(.invalidToken, "Not accepted.", context: "secret why") }
        if let refusal { throw refusal }
        return call.url
    }

    func name(of caller: Text) -> Text { "caller" }

    func accessToken(form: [(Text, Text)], call: HTTPCall) async throws(AuthorityError) -> JSONValue {
        if let refusal { throw refusal }
        return .object(JSONObject(members: form.map { .init(name: $0.0, value: .string($0.1)) }) ?? JSONObject())
    }

    func introspection(_ caller: Text, form: [(Text, Text)]) async throws(AuthorityError) -> JSONValue {
        ["active": false]
    }

    func revoke(_ caller: Text, form: [(Text, Text)]) async throws(AuthorityError) {}

    func open(_ caller: Text, body: JSONValue, key: Text?) async throws(AuthorityError) -> (JSONValue, isNew: Bool) {
        (
            ["id": "req_1", "revision": 3, "url": .string(caller), "key": key.map { .string($0) } ?? .null],
            key != "again"
        )
    }

    func read(_ caller: Text, id: Text, wait: RequestWait) async throws(AuthorityError) -> JSONValue {
        ["id": .string(id), "revision": 3, "known": wait.knownRevision.map { .integer($0) } ?? .null]
    }

    func cancel(_ caller: Text, id: Text) async throws(AuthorityError) -> JSONValue { ["id": .string(id)] }

    func actionToken(_ caller: Text, id: Text, body: JSONValue) async throws(AuthorityError) -> JSONValue { body }

    func claim(_ caller: Text, body: JSONValue, key: Text?) async throws(AuthorityError) -> (JSONValue, isNew: Bool) {
        (body, true)
    }

    func complete(_ caller: Text, id: Text, body: JSONValue) async throws(AuthorityError) -> JSONValue { body }
}

/// Calls the plane without a network.
struct PlaneCall {
    var authority = FakeAuthority()
    var limits = CallLimits { Timestamp(milliseconds: 0) }
    var method = "POST"
    var path = "/v1/requests"
    var host: String? = "agents.example"
    var headers: HTTPFields = [.authorization: "DPoP good", .contentType: "application/json"]
    var body: [UInt8] = Array("{}".utf8)

    struct Answer {
        var status: Int
        var headers: HTTPFields
        var body: JSONValue
    }

    init(_ route: AgentRoute? = nil) {
        guard let route else { return }
        method = route.method.rawValue
        path = route.path(id: "req_1")
        switch route.body {
        case .none:
            headers[.contentType] = nil
            body = []
        case .form:
            headers[.contentType] = "application/x-www-form-urlencoded"
            body = Array("token=x".utf8)
        case .json: break
        }
    }

    func answer() async throws -> Answer {
        let responder = AgentPlane(useCases: authority, limits: limits).router.buildResponder()
        var logger = Logger(label: "test") { _ in SilentLog() }
        logger[metadataKey: "hb.request.id"] = "call-1"
        let head = HTTPRequest(
            method: .init(method) ?? .get, scheme: "http", authority: host, path: path, headerFields: headers)
        let request = Request(head: head, body: RequestBody(buffer: ByteBuffer(bytes: body)))
        let response = try await responder.respond(to: request, context: AgentContext(logger: logger))
        let writer = Collector()
        try await response.body.write(writer)
        let bytes = writer.bytes.withLock { $0 }
        let json = bytes.isEmpty ? JSONValue.null : try JSONReader.read(bytes)
        return Answer(status: Int(response.status.code), headers: response.headers, body: json)
    }
}

/// Keeps what a response writes.
final class Collector: ResponseBodyWriter {
    let bytes = Mutex<[UInt8]>([])

    func write(_ buffer: ByteBuffer) async throws {
        bytes.withLock { $0 += buffer.readableBytesView }
    }

    func finish(_ trailingHeaders: HTTPFields?) async throws {}
}

/// Keeps metadata, which carries the call's id, and writes nothing.
struct SilentLog: LogHandler {
    var metadata: Logger.Metadata = [:]
    var logLevel = Logger.Level.critical

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {}
}
