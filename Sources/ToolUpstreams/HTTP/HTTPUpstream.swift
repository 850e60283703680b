package import AsyncHTTPClient
package import AuthorityPorts
import CanonicalEncoding
package import DomainModel
import Glibc
package import ModelContextProtocol
import NIOCore
import NIOHTTP1
import NIOPosix
import Synchronization

/// A tool server over Streamable HTTP. Connections are kept and shared, and so is the session, where the revision has one;
/// redirects are not followed, because they would carry the credential elsewhere.
package final class HTTPUpstream: Upstream {
    private struct Session {
        var greeting: UpstreamGreeting?
        var id: String?
    }

    private let server: UpstreamServer
    private let endpoint: UpstreamServer.Endpoint
    private let sources: SettingSources
    private let observe: @Sendable (UpstreamEvent) -> Void
    private let client: HTTPClient
    private let session = Mutex(Session())
    private let nextID = Atomic<Int64>(1)

    /// Nil where the server is no HTTP endpoint. The client is shared and shut down by whoever made it.
    package init?(
        _ server: UpstreamServer, client: HTTPClient, sources: SettingSources,
        observe: @escaping @Sendable (UpstreamEvent) -> Void
    ) {
        guard case .http(let endpoint) = server.transport else { return nil }
        self.server = server
        self.endpoint = endpoint
        self.sources = sources
        self.observe = observe
        self.client = client
    }

    /// What a client for upstreams is made with.
    package static var configuration: HTTPClient.Configuration {
        var configuration = HTTPClient.Configuration(redirectConfiguration: .disallow)
        configuration.timeout.connect = .seconds(10)
        configuration.httpVersion = .http1Only
        configuration.connectionPool.retryConnectionEstablishment = false
        configuration.connectionPool.concurrentHTTP1ConnectionsPerHostSoftLimit = 64
        return configuration
    }

    package var greeting: UpstreamGreeting? { session.withLock { $0.greeting } }

    package func ask(_ call: UpstreamCall) async throws(UpstreamError) -> RPCResponse.Outcome {
        let greeting = try await greeted()
        do { return try await exchange(call, greeting) } catch .unavailable(Self.sessionEnded) {
            // 404 says that the server knows no such session and did nothing (2025-11-25, "Session Management").
            session.withLock { $0 = Session() }
            return try await exchange(call, try await greeted())
        }
    }

    /// Connects where it is not yet, so that what the server offers is known before anybody asks.
    package func greeted() async throws(UpstreamError) -> UpstreamGreeting {
        if let greeting = session.withLock({ $0.greeting }) { return greeting }
        let greeting = try await Handshake.greeting { method, params throws(UpstreamError) in
            let call = UpstreamCall(method: method, params: params, timeout: .seconds(30))
            return try await self.exchange(call, nil)
        }
        session.withLock { $0.greeting = greeting }
        if !greeting.revision.isStateless {
            try await notify(RPCNotification(method: "notifications/initialized"), greeting)
        }
        observe(.connected(greeting))
        return greeting
    }

    private static let sessionEnded = "it ended the session"

    private func exchange(
        _ call: UpstreamCall, _ greeting: UpstreamGreeting?
    ) async throws(UpstreamError) -> RPCResponse.Outcome {
        let id = nextID.wrappingAdd(1, ordering: .relaxed).oldValue
        var params = greeting?.revision.isStateless == true ? Handshake.envelope(call.params) : call.params
        if call.onProgress != nil { params = ServerRequest.asking(params, forProgressOf: id) }
        let request = RPCRequest(id: .integer(id), method: call.method, params: params)
        let outgoing = try self.request(CanonicalJSON.encode(request.json), for: request, greeting)
        return try await Deadline.enforce(call.timeout) { () async throws(UpstreamError) in
            let response = try await self.send(outgoing.request, call.timeout)
            if call.method == "initialize", let id = response.headers.first(name: "mcp-session-id") {
                self.session.withLock { $0.id = id }
            }
            return try await self.outcome(of: response, id: id, call, outgoing.redacted)
        }
    }

    private func notify(_ notification: RPCNotification, _ greeting: UpstreamGreeting) async throws(UpstreamError) {
        let outgoing = try request(CanonicalJSON.encode(notification.json), for: nil, greeting)
        _ = try await send(outgoing.request, .seconds(30))
    }

    private func request(
        _ body: [UInt8], for request: RPCRequest?, _ greeting: UpstreamGreeting?
    ) throws(UpstreamError) -> (request: HTTPClientRequest, redacted: Redaction) {
        var outgoing = HTTPClientRequest(url: endpoint.url.string)
        outgoing.method = .POST
        outgoing.headers.add(name: "content-type", value: "application/json")
        outgoing.headers.add(name: "accept", value: "application/json, text/event-stream")
        let settings: [ResolvedSetting]
        do { settings = try ResolvedSetting.all(of: server, from: sources) } catch {
            throw .unavailable(error.description)
        }
        for setting in settings { outgoing.headers.add(name: setting.name.string, value: setting.value) }
        let isStateless = greeting?.revision.isStateless ?? (request?.method == "server/discover")
        if let revision = greeting?.revision ?? (isStateless ? .july2026 : nil) {
            outgoing.headers.add(name: "mcp-protocol-version", value: revision.rawValue)
        }
        if isStateless, let request {
            outgoing.headers.add(name: "mcp-method", value: request.method.string)
            if let member = RoutingHeaders.nameMember(of: request.method), let name = request.params[member]?.textValue
            {
                outgoing.headers.add(name: "mcp-name", value: HeaderValue.encoded(name).string)
            }
        } else if let id = session.withLock({ $0.id }) {
            outgoing.headers.add(name: "mcp-session-id", value: id)
        }
        outgoing.body = .bytes(ByteBuffer(bytes: body))
        return (outgoing, Redaction(settings))
    }

    private func send(
        _ request: HTTPClientRequest, _ timeout: Duration
    ) async throws(UpstreamError) -> HTTPClientResponse {
        do {
            return try await client.execute(request, timeout: .seconds(max(1, timeout.components.seconds)))
        } catch let error as HTTPClientError where Self.happensBeforeSending(error) {
            throw .unavailable("\(server.name) cannot be reached: \(error.shortDescription)")
        } catch is NIOConnectionError {
            throw .unavailable("\(server.name) cannot be reached")
        } catch let error as IOError where Self.isNoConnection(error.errnoCode) {
            throw .unavailable("\(server.name) cannot be reached")
        } catch let error as HTTPClientError where error == .deadlineExceeded || error == .readTimeout {
            throw .timedOut
        } catch is CancellationError {
            throw .timedOut
        } catch {
            throw .lost("the connection to \(server.name) broke")
        }
    }

    /// Said by the system when a connection was never made.
    private static func isNoConnection(_ code: CInt) -> Bool {
        [ECONNREFUSED, EHOSTUNREACH, ENETUNREACH, ENETDOWN, EADDRNOTAVAIL].contains(code)
    }

    private static func happensBeforeSending(_ error: HTTPClientError) -> Bool {
        error == .connectTimeout || error == .getConnectionFromPoolTimeout || error == .tlsHandshakeTimeout
            || error == .invalidURL || error == .emptyHost || error == .emptyScheme
    }

    private func outcome(
        of response: HTTPClientResponse, id: Int64, _ call: UpstreamCall, _ redacted: Redaction
    ) async throws(UpstreamError) -> RPCResponse.Outcome {
        let type = response.headers.first(name: "content-type")?.lowercased() ?? ""
        if response.status == .notFound, session.withLock({ $0.id }) != nil, call.method != "initialize" {
            throw .unavailable(Self.sessionEnded)
        }
        if response.status == .unauthorized || response.status == .forbidden {
            throw .unavailable("\(server.name) does not take the gateway's credential")
        }
        if type.utf8.starts(with: "text/event-stream".utf8) { return try await streamed(response, id, call, redacted) }
        guard type.utf8.starts(with: "application/json".utf8) else {
            throw .unreadable("it answered \(response.status.code) without a message")
        }
        let body = try await collected(response, upTo: Self.limit(of: call))
        guard let outcome = outcome(in: redacted(body), id, call) else {
            throw .unreadable("its answer is no answer to this")
        }
        return outcome
    }

    private static func limit(of call: UpstreamCall) -> Int {
        min(StdioUpstream.messageLimit, Int(clamping: call.resultBytes))
    }

    private func collected(
        _ response: HTTPClientResponse, upTo limit: Int
    ) async throws(UpstreamError) -> [UInt8] {
        do {
            let buffer = try await response.body.collect(upTo: limit)
            return Array(buffer.readableBytesView)
        } catch is NIOTooManyBytesError {
            throw .tooLarge
        } catch {
            throw .lost("the connection to \(server.name) broke")
        }
    }

    private func streamed(
        _ response: HTTPClientResponse, _ id: Int64, _ call: UpstreamCall, _ redacted: Redaction
    ) async throws(UpstreamError) -> RPCResponse.Outcome {
        var reader = EventStreamReader(limit: Self.limit(of: call))
        do {
            for try await buffer in response.body {
                for event in try reader.events(in: buffer.readableBytesView) {
                    if let outcome = outcome(in: redacted(event), id, call) { return outcome }
                }
            }
        } catch is EventStreamReader.Overflow {
            throw .tooLarge
        } catch {
            throw Task.isCancelled ? .timedOut : .lost("the connection to \(server.name) broke")
        }
        throw .lost("\(server.name) ended the stream before it answered")
    }

    /// The answer, if this message is it; what else a server says is passed on or dropped.
    private func outcome(in bytes: [UInt8], _ id: Int64, _ call: UpstreamCall) -> RPCResponse.Outcome? {
        guard let json = try? JSONReader.read(bytes, limits: .upstream), let message = try? RPCMessage(json: json)
        else {
            return nil
        }
        switch message {
        case .response(let response): return response.id == .integer(id) ? response.outcome : nil
        case .notification(let notification):
            if ServerRequest.progressID(notification) == id {
                call.onProgress?(notification.params)
            } else {
                observe(.notified(notification))
            }
            return nil
        case .request: return nil
        }
    }
}

/// Ends a wait.
enum Deadline {
    static func enforce<Value: Sendable>(
        _ limit: Duration, _ body: @escaping @Sendable () async throws(UpstreamError) -> Value
    ) async throws(UpstreamError) -> Value {
        let result = await withTaskGroup(of: Result<Value, UpstreamError>.self) { group in
            group.addTask { () async -> Result<Value, UpstreamError> in
                do throws(UpstreamError) { return .success(try await body()) } catch { return .failure(error) }
            }
            group.addTask {
                try? await Task.sleep(for: limit)
                return .failure(.timedOut)
            }
            defer { group.cancelAll() }
            return await group.next() ?? .failure(.timedOut)
        }
        return try result.get()
    }
}
