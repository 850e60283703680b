import AgentEndpoints
import CanonicalEncoding
import HTTPTypes
import Hummingbird
import ModelContextProtocol

/// The one answer to a request, and how HTTP carries it.
struct Answered: Sendable {
    var response: RPCResponse
    var status = 200
    var retryAfterSeconds: Int?
    /// Somebody listened whether the caller hangs up, so that nothing else can be read from the connection.
    var endsConnection = false

    init(_ id: RPCID, _ outcome: RPCResponse.Outcome) {
        response = RPCResponse(id: id, outcome: outcome)
    }

    init(_ refusal: RPCRefusal) {
        response = RPCResponse(id: refusal.id, outcome: refusal.outcome)
        status = refusal.status
        retryAfterSeconds = refusal.retryAfterSeconds
    }

    var http: Response {
        var answer = Response(json: response.json, status: status)
        if let retryAfterSeconds { answer.headers[.retryAfter] = "\(retryAfterSeconds)" }
        if endsConnection { answer.headers[.connection] = "close" }
        return answer
    }
}

/// Server-sent events: one message of the protocol each.
enum EventStream {
    static let headers: HTTPFields = [
        .contentType: "text/event-stream", .accelBuffering: "no", .connection: "close",
    ]

    /// A comment: opens the stream, and keeps those who stand between from cutting it.
    static let sign = ByteBuffer(string: ": still here\n\n")

    /// Canonical JSON holds no line break, so that one `data` line is the whole of it.
    static func event(_ message: JSONValue) -> ByteBuffer {
        var buffer = ByteBuffer(string: "event: message\ndata: ")
        buffer.writeBytes(CanonicalJSON.encode(message))
        buffer.writeStaticString("\n\n")
        return buffer
    }
}
