import APIClient
import CanonicalEncoding
import ModelContextProtocol
import WireProtocol

/// Reads what an HTTP call of the bridge is answered: one message, or a stream of them.
struct BridgeAnswer {
    /// What one message of the server may hold.
    static let messageLimit = 16 << 20
    static let limits = JSONLimits(bytes: messageLimit, depth: JSONLimits.greatestDepth, stringBytes: messageLimit)

    /// A message with the bytes in which it came: they pass through as they are.
    struct Message: Sendable {
        var message: RPCMessage
        var bytes: [UInt8]

        /// Nil: it is none.
        init?(_ bytes: [UInt8]) {
            guard let json = try? JSONReader.read(bytes, limits: BridgeAnswer.limits),
                let message = try? RPCMessage(json: json)
            else { return nil }
            self.message = message
            self.bytes = bytes
        }

        var response: RPCResponse? { if case .response(let response) = message { response } else { nil } }
    }

    let answer: StreamedAnswer
    /// Where somebody had to look at it already.
    var body: [UInt8]?

    var isStream: Bool { has(type: "text/event-stream") }
    private var isMessage: Bool { has(type: "application/json") }

    private func has(type: String) -> Bool {
        guard let found = answer["content-type"] else { return false }
        return found.string.lowercased().utf8.starts(with: type.utf8)
    }

    /// Every message up to the end of a stream.
    func eachEvent(_ take: (Message) throws(ClientError) -> Void) async throws(ClientError) {
        var reader = EventStreamReader(limit: Self.messageLimit)
        try await answer.eachPiece { (piece) throws(ClientError) in
            let events: [[UInt8]]
            do { events = try reader.events(in: piece) } catch {
                throw .unexpected("A message of the server is larger than \(Self.messageLimit) bytes.")
            }
            for event in events { if let message = Message(event) { try take(message) } }
        }
    }

    /// Everything that belongs to one request, its answer last; an answer to something else is dropped.
    func messages(of request: RPCRequest, _ take: (Message) -> Void) async throws(ClientError) {
        if isStream, answer.status < 300 {
            var isAnswered = false
            // What follows the answer is read as well, so that the connection can be used again.
            try await eachEvent { message in
                guard !isAnswered else { return }
                if let response = message.response { isAnswered = response.id == request.id }
                if isAnswered || message.response == nil { take(message) }
            }
            guard isAnswered else { throw .lost("The server ended the stream before it answered.") }
            return
        }
        let body = try await whole()
        guard isMessage, var message = Message(body), var response = message.response,
            response.id == request.id || response.id == nil
        else { throw Self.failure(answer, body) }
        if response.id == nil {
            // About a message whose id the server could not read; here it can only be this one.
            response.id = request.id
            message.bytes = CanonicalJSON.encode(response.json)
        }
        take(message)
    }

    func whole() async throws(ClientError) -> [UInt8] {
        if let body { return body }
        return try await answer.whole(upTo: Self.messageLimit)
    }

    /// What an answer says that holds no message.
    static func failure(_ answer: StreamedAnswer, _ body: [UInt8]) -> ClientError {
        let response = TransportResponse(status: answer.status, headers: answer.headers, body: body)
        if let problem = ProblemDocument(response: response) { return .problem(problem) }
        return .unexpected("The server answered \(answer.status) without a message.")
    }
}

/// What the client is told where there is no answer of the server.
enum BridgeRefusal {
    static func response(to id: RPCID, _ error: ClientError) -> RPCResponse {
        let failure = CommandFailure(error)
        let code: Text =
            switch error {
            case .problem(let problem): Text(problem.code.rawValue)
            case .unreachable: "unreachable"
            case .lost: "connection_lost"
            case .unexpected: "unexpected_answer"
            }
        return RPCResponse(
            id: id,
            outcome: .error(
                code: RPCError.Code.internalError.rawValue, message: Text("countersign: \(failure.message)"),
                data: ["code": .string(code), "hint": .string(Text(hint(error) ?? failure.hint))]))
    }

    /// Of a call that may have run: the gateway joins a repeated call to the one that waits, and runs a routine one again.
    private static func hint(_ error: ClientError) -> String? {
        guard case .lost = error else { return nil }
        return """
            Nobody here knows whether it ran. If it waits for approval, the same call again joins it; otherwise look before you \
            repeat it.
            """
    }
}
