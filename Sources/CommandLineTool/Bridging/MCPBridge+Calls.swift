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
                if request.method == "initialize" { note(message, in: answer, to: request) }
                output.write(message.bytes)
            }
        } catch {
            guard !Task.isCancelled, !calls.isCancelled(request.id) else { return }
            output.write(CanonicalJSON.encode(BridgeRefusal.response(to: request.id, error).json))
        }
    }

    /// What the server holds against a session that it does not know, is no answer: the session is begun anew, and the request made
    /// again, because a 404 says that nothing was done (2025-11-25, "Session Management").
    private func opened(_ request: RPCRequest, _ bytes: [UInt8]) async throws(ClientError) -> BridgeAnswer {
        var seen = session.current
        for _ in 0..<2 {
            let call = StreamedCall(
                .post, path: path, headers: BridgeHeaders.of(request, in: seen), body: bytes,
                isRepeatable: Self.isRepeatable(request.method))
            let answer = try await client.open(call)
            let isOfSession = call.headers.contains { $0.name == "mcp-session-id" }
            guard answer.status == 404, isOfSession else { return BridgeAnswer(answer: answer) }
            _ = try await answer.whole(upTo: BridgeAnswer.messageLimit)
            try await renew(after: seen)
            seen = session.current
        }
        throw .unexpected("The server ends each session at once.")
    }

    /// Asking twice asks for nothing more than asking once. A call of a tool is never among them.
    private static func isRepeatable(_ method: Text) -> Bool {
        [
            "initialize", "server/discover", "ping", "tools/list", "resources/list", "resources/templates/list",
            "prompts/list", "tasks/get", "tasks/list", "tasks/result", "tasks/cancel", "logging/setLevel",
            "resources/subscribe", "resources/unsubscribe",
        ].contains(method)
    }

    private func note(_ message: BridgeAnswer.Message, in answer: BridgeAnswer, to opening: RPCRequest) {
        guard case .result(let result)? = message.response?.outcome else { return }
        session.begun(
            by: opening, id: answer.answer["mcp-session-id"], revision: result["protocolVersion"]?.textValue)
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
