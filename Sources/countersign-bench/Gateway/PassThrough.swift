import AsyncHTTPClient
import HTTPTypes
import Hummingbird
import Logging
import NIOCore
import NIOHTTP1

/// What HTTP costs without a gateway: the same server and the same client, which hand each call on as it is.
enum PassThrough {
    static func serve(port: Int, upstream: Int) async throws {
        var configuration = HTTPClient.Configuration()
        configuration.httpVersion = .http1Only
        configuration.connectionPool.concurrentHTTP1ConnectionsPerHostSoftLimit = 64
        let client = HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
        let url = "http://127.0.0.1:\(upstream)/mcp"
        let router = Router()
        router.post("**") { request, _ in try await forward(request, to: url, client) }
        try await Application(
            router: router, configuration: .init(address: .hostname("127.0.0.1", port: port), backlog: 4096),
            logger: .silent
        ).run()
    }

    private static let fields = ["content-type", "accept", "mcp-protocol-version", "mcp-method", "mcp-name"]

    private static func forward(_ request: Request, to url: String, _ client: HTTPClient) async throws -> Response {
        var outgoing = HTTPClientRequest(url: url)
        outgoing.method = .POST
        for field in request.headers where fields.contains(field.name.canonicalName) {
            outgoing.headers.add(name: field.name.canonicalName, value: field.value)
        }
        outgoing.body = .bytes(try await request.body.collect(upTo: 1 << 20))
        let response = try await client.execute(outgoing, timeout: .seconds(60))
        let body = try await response.body.collect(upTo: 1 << 20)
        return Response(
            status: HTTPResponse.Status(code: Int(response.status.code)),
            headers: [.contentType: response.headers.first(name: "content-type") ?? "text/plain"],
            body: ResponseBody(byteBuffer: body))
    }
}
