import CanonicalEncoding
import NIOCore
import NIOHTTP1
import NIOPosix
import Synchronization

/// A small HTTP server whose answers the test gives by hand: calls at its endpoint wait until the test takes them. Tokens it hands out
/// by itself.
final class MCPPeer: Sendable {
    private struct State {
        var waiting: [PeerCall] = []
        var tokens = 0
        var nonce: String?
    }

    private let state = Mutex(State())
    private let channel: any Channel
    let url: String

    /// On a free port, unless told which.
    init(port: Int = 0) async throws {
        let calls = CallSink()
        let bootstrap = ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.configureHTTPServerPipeline()
                    try channel.pipeline.syncOperations.addHandler(PeerHandler { calls.take($0) })
                }
            }
        channel = try await bootstrap.bind(host: "127.0.0.1", port: port).get()
        url = "http://127.0.0.1:\(channel.localAddress?.port ?? 0)"
        calls.receive { [weak self] in self?.take($0) }
    }

    var port: Int { channel.localAddress?.port ?? 0 }
    var tokens: Int { state.withLock { $0.tokens } }

    /// From now on no proof without this nonce is taken.
    func demand(nonce: String) { state.withLock { $0.nonce = nonce } }

    func shutdown() async { try? await channel.close() }

    /// The next call at the endpoint that fits; calls that do not fit stay. Nil: none came in time.
    func next(_ fits: (PeerCall) -> Bool = { _ in true }) async throws -> PeerCall? {
        try await ServerProcess.eventually {
            state.withLock { state in
                state.waiting.firstIndex(where: fits).map { state.waiting.remove(at: $0) }
            }
        }
    }

    func next(_ method: Text) async throws -> PeerCall? { try await next { $0.body["method"] == .string(method) } }

    private func take(_ call: PeerCall) {
        let refusesProof = state.withLock { state in
            guard let nonce = state.nonce else { return false }
            return call.proof["nonce"]?.stringValue != nonce
        }
        if call.path == "/oauth/token" {
            let count = state.withLock { state in
                state.tokens += 1
                return state.tokens
            }
            let token: JSONValue = ["access_token": "at-\(count)", "token_type": "DPoP", "expires_in": 600]
            return call.answer(200, token)
        }
        if refusesProof {
            let nonce = state.withLock { $0.nonce ?? "" }
            return call.answer(
                401, ["type": "about:blank", "code": "use_dpop_nonce", "title": "t", "detail": "d", "status": 401],
                ["dpop-nonce": nonce])
        }
        state.withLock { $0.waiting.append(call) }
    }
}

/// Where calls go before the server that takes them exists.
private final class CallSink: Sendable {
    private let receiver = Mutex<(@Sendable (PeerCall) -> Void)?>(nil)

    func receive(_ body: @escaping @Sendable (PeerCall) -> Void) { receiver.withLock { $0 = body } }
    func take(_ call: PeerCall) { receiver.withLock { $0 }?(call) }
}

/// One call that a peer was made.
struct PeerCall: Sendable {
    let method: String
    let path: String
    let headers: [String: String]
    /// Null where there is none.
    let body: JSONValue
    fileprivate let channel: any Channel

    /// What the proof of possession says.
    var proof: JSONValue {
        let parts = (headers["dpop"] ?? "").split(separator: ".")
        guard parts.count == 3, let bytes = Base64URL.decode(String(parts[1])) else { return .null }
        return (try? JSONReader.read(bytes)) ?? .null
    }

    /// Once the client has hung up.
    func isGone() async throws -> Bool {
        try await ServerProcess.eventually { channel.isActive ? nil : true } ?? false
    }

    func answer(_ status: Int, _ json: JSONValue? = nil, _ headers: [String: String] = [:]) {
        var fields = headers
        let bytes = json.map { CanonicalJSON.encode($0) } ?? []
        fields["content-length"] = "\(bytes.count)"
        if json != nil { fields["content-type"] = fields["content-type"] ?? "application/json" }
        write(status, fields)
        write(bytes)
        end()
    }

    /// The result of the request that this is.
    func answer(result: JSONValue, _ headers: [String: String] = [:]) {
        answer(200, ["jsonrpc": "2.0", "id": body["id"] ?? .null, "result": result], headers)
    }

    func beginStream() { write(200, ["content-type": "text/event-stream"]) }

    func send(_ message: JSONValue) { write(Array("data: \(CanonicalJSON.text(message))\n\n".utf8)) }

    func end() { channel.writeAndFlush(HTTPServerResponsePart.end(nil), promise: nil) }

    /// Hangs up.
    func drop() { channel.close(promise: nil) }

    private func write(_ status: Int, _ headers: [String: String]) {
        let head = HTTPResponseHead(
            version: .http1_1, status: HTTPResponseStatus(statusCode: status),
            headers: HTTPHeaders(headers.map { ($0.key, $0.value) }))
        channel.writeAndFlush(HTTPServerResponsePart.head(head), promise: nil)
    }

    private func write(_ bytes: [UInt8]) {
        channel.writeAndFlush(HTTPServerResponsePart.body(.byteBuffer(ByteBuffer(bytes: bytes))), promise: nil)
    }
}

private final class PeerHandler: ChannelInboundHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias OutboundOut = HTTPServerResponsePart

    private var head: HTTPRequestHead?
    private var body: [UInt8] = []
    private let take: @Sendable (PeerCall) -> Void

    init(_ take: @escaping @Sendable (PeerCall) -> Void) {
        self.take = take
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head(let head): (self.head, body) = (head, [])
        case .body(let part): body += Array(part.readableBytesView)
        case .end:
            guard let head else { return }
            let fields = head.headers.map { ($0.name.lowercased(), $0.value) }
            take(
                PeerCall(
                    method: head.method.rawValue, path: head.uri,
                    headers: Dictionary(fields, uniquingKeysWith: { "\($0), \($1)" }),
                    body: (try? JSONReader.read(body)) ?? .null, channel: context.channel))
        }
    }
}
