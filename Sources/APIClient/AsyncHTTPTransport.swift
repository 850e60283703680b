import AsyncHTTPClient
import NIOCore
import NIOHTTP1

/// HTTP over TCP, TLS or a unix domain socket.
package struct AsyncHTTPTransport: HTTPTransport {
    /// Answers are small; anything larger is no answer of ours.
    private static let bodyLimit = 8 << 20

    /// One for the program, so that connections are shared; it lives as long as the program does. Redirects would carry
    /// credentials elsewhere, and are not followed.
    static let client = HTTPClient(configuration: configuration)

    private static var configuration: HTTPClient.Configuration {
        var configuration = HTTPClient.Configuration(redirectConfiguration: .disallow)
        configuration.timeout.connect = .seconds(10)
        configuration.httpVersion = .http1Only
        // Calls that wait for people hold their connections, and others must not queue up behind them.
        configuration.connectionPool.concurrentHTTP1ConnectionsPerHostSoftLimit = 2048
        return configuration
    }

    package init() {}

    /// - Throws: `ConnectionFailure`, whose description a person can read.
    package func exchange(_ request: TransportRequest) async throws -> TransportResponse {
        let outgoing = Self.outgoing(request)
        let timeout = TimeAmount.seconds(request.timeout.components.seconds)
        let response: HTTPClientResponse
        var body: ByteBuffer
        do {
            response = try await Self.client.execute(outgoing, timeout: timeout)
            body = try await response.body.collect(upTo: Self.bodyLimit)
        } catch { throw ConnectionFailure(error) }
        return TransportResponse(
            status: Int(response.status.code),
            headers: response.headers.map { (name: $0.name.lowercased(), value: $0.value) },
            body: body.readBytes(length: body.readableBytes) ?? [])
    }

    static func outgoing(_ request: TransportRequest) -> HTTPClientRequest {
        var outgoing = HTTPClientRequest(url: request.url)
        outgoing.method = HTTPMethod(rawValue: request.method)
        for (name, value) in request.headers { outgoing.headers.add(name: name, value: value) }
        if !request.body.isEmpty { outgoing.body = .bytes(ByteBuffer(bytes: request.body)) }
        return outgoing
    }
}
