import APIClient
import CanonicalEncoding
import ModelContextProtocol
import SecretMaterial

/// One request, from the client's line to the server's answer; and what the server says without being asked.
extension MCPBridge {
    func answer(_ request: RPCRequest, _ bytes: [UInt8]) async {
        do throws(ClientError) {
            let answer = try await opened(request, bytes)
            try await answer.messages(of: request) { message in
                note(message, in: answer, to: request)
                output.write(message.bytes)
            }
        } catch {
            guard !Task.isCancelled, !calls.isCancelled(request.id) else { return }
            output.write(CanonicalJSON.encode(BridgeRefusal.response(to: request.id, error).json))
        }
    }

    /// The answer to a request that the server has looked at.
    ///
    /// Two refusals say that nothing was done, and that something has to be put right first: a 404 for a session that the server does
    /// not know any more (2025-11-25, "Session Management"), and headers that lack what the tool wants in them.
    private func opened(_ request: RPCRequest, _ bytes: [UInt8]) async throws(ClientError) -> BridgeAnswer {
        for attempt in 0..<2 {
            let seen = session.current
            let fields = BridgeHeaders.of(request, in: seen)
            let isStateless = BridgeHeaders.statelessRevision(of: request.params) != nil
            let call = StreamedCall(
                .post, path: path, headers: isStateless ? fields + parameters.fields(of: request) : fields, body: bytes,
                isRepeatable: Self.isRepeatable(request.method))
            var answer = BridgeAnswer(answer: try await client.open(call))
            switch answer.answer.status {
            case 404 where fields.contains { $0.name == "mcp-session-id" }:
                _ = try await answer.whole()
                try await renew(after: seen)
            case 400 where isStateless && request.method == "tools/call":
                let body = try await answer.whole()
                answer.body = body
                guard attempt == 0, Self.isMismatch(body) else { return answer }
                try await readParameters(like: request)
            default: return answer
            }
        }
        throw .unexpected("The server ends each session at once.")
    }

    private static func isMismatch(_ body: [UInt8]) -> Bool {
        guard case .error(let code, _, _)? = BridgeAnswer.Message(body)?.response?.outcome else { return false }
        return code == RPCError.Code.headerMismatch.rawValue
    }

    /// Asks for the tools as the client would.
    private func readParameters(like request: RPCRequest) async throws(ClientError) {
        var params: JSONObject = [:]
        params["_meta"] = request.params["_meta"]
        for page in 0..<100 {
            let list = RPCRequest(id: .text("countersign-\(page)"), method: "tools/list", params: params)
            let call = StreamedCall(
                .post, path: path, headers: BridgeHeaders.of(list, in: session.current),
                body: CanonicalJSON.encode(list.json), isRepeatable: true)
            let answer = BridgeAnswer(answer: try await client.open(call))
            var next: JSONValue?
            try await answer.messages(of: list) { message in
                note(message, in: answer, to: list)
                if case .result(let result)? = message.response?.outcome { next = result["nextCursor"] }
            }
            guard let next else { return }
            params["cursor"] = next
        }
    }

    /// Asking twice asks for nothing more than asking once. A call of a tool is never among them.
    private static func isRepeatable(_ method: Text) -> Bool {
        [
            "initialize", "server/discover", "ping", "tools/list", "resources/list", "resources/templates/list",
            "prompts/list", "tasks/get", "tasks/list", "tasks/result", "tasks/cancel", "logging/setLevel",
            "resources/subscribe", "resources/unsubscribe",
        ].contains(method)
    }

    /// Keeps what later calls need.
    private func note(_ message: BridgeAnswer.Message, in answer: BridgeAnswer, to request: RPCRequest) {
        guard case .result(let result)? = message.response?.outcome else { return }
        switch request.method {
        case "initialize":
            session.begun(
                by: request, id: answer.answer["mcp-session-id"], revision: result["protocolVersion"]?.textValue)
        case "tools/list": parameters.note(page: result)
        default: break
        }
    }

    private func renew(after seen: BridgeSession.State) async throws(ClientError) {
        try await session.renew(after: seen) { (opening) throws(ClientError) in
            let call = StreamedCall(
                .post, path: path, headers: BridgeHeaders.of(opening, in: seen),
                body: CanonicalJSON.encode(opening.json), isRepeatable: true)
            let answer = BridgeAnswer(answer: try await client.open(call))
            try await answer.messages(of: opening) { note($0, in: answer, to: opening) }
            guard session.current.generation != seen.generation else {
                throw .unexpected("The server does not begin the session anew.")
            }
            let notification = RPCNotification(method: "notifications/initialized")
            let told = StreamedCall(
                .post, path: path, headers: BridgeHeaders.ofOthers(in: session.current),
                body: CanonicalJSON.encode(notification.json), isRepeatable: true)
            _ = try await client.open(told).whole(upTo: BridgeAnswer.messageLimit)
        }
    }

    /// The stream of what the server says by itself (`…/list_changed`), opened again whenever it ends. A server that has none says so.
    func listen() async {
        let client = client
        var retry = Retry { client.randomBytes($0) }
        while !Task.isCancelled, session.current.id != nil {
            do throws(ClientError) {
                let seen = session.current
                let answer = try await client.open(
                    StreamedCall(.get, path: path, headers: BridgeHeaders.ofStream(in: seen), isRepeatable: true))
                if answer.status == 404 {
                    _ = try await answer.whole(upTo: BridgeAnswer.messageLimit)
                    try await renew(after: seen)
                    continue
                }
                let events = BridgeAnswer(answer: answer)
                guard answer.status < 300, events.isStream else { return }
                try await events.eachEvent { message in
                    output.write(message.bytes)
                    retry = Retry { client.randomBytes($0) }
                }
            } catch {
                if !Task.isCancelled { note("The server's own messages do not arrive", error) }
            }
            try? await Task.sleep(for: retry.pause())
        }
    }
}
