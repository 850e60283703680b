import APIClient
import CanonicalEncoding
import ModelContextProtocol

/// `countersign mcp`: takes MCP over standard input and output to the gateway over HTTP. It adds headers, the agent's token and a proof
/// for each call, and decides nothing: what is allowed, the gateway says.
struct MCPBridge: Sendable {
    let client: AgentClient
    /// `/mcp`, or `/mcp/SERVER`.
    let path: String
    let output: BridgeOutput
    let session = BridgeSession()
    let calls = BridgeCalls()
    let parameters = BridgeParameters()

    /// What a message of the client may hold.
    static let messageLimit = 16 << 20
    private static let limits = JSONLimits(
        bytes: messageLimit, depth: JSONLimits.greatestDepth, stringBytes: messageLimit)
    /// After the client has closed its end: it waits two seconds before it ends a process by force.
    private static let grace = Duration.milliseconds(500)
    private static let farewell = Duration.seconds(1)

    /// Until the client closes its end, or the task is cancelled.
    func run(_ lines: AsyncStream<MessageLines.Line>) async {
        for await line in lines {
            switch line {
            case .message(let bytes): await take(bytes)
            case .tooLong:
                refuse(nil, RPCError(.parseError, "A message may hold at most \(Self.messageLimit) bytes."))
            }
        }
        await calls.end(within: Task.isCancelled ? .zero : Self.grace)
        await leave()
        await output.flush()
    }

    private func take(_ bytes: [UInt8]) async {
        let json: JSONValue
        do { json = try JSONReader.read(bytes, limits: Self.limits) } catch {
            return refuse(nil, RPCError(.parseError, "This is no JSON that can be taken: \(error.code.rawValue)."))
        }
        let message: RPCMessage
        do { message = try RPCMessage(json: json) } catch {
            return refuse(json["id"].flatMap(RPCID.init(json:)), error)
        }
        switch message {
        case .request(let request): begin(request, bytes)
        case .notification(let notification): await pass(notification, bytes)
        case .response: await post(bytes)
        }
    }

    private func begin(_ request: RPCRequest, _ bytes: [UInt8]) {
        let isStateless = BridgeHeaders.statelessRevision(of: request.params) != nil
        let admission = calls.begin(request.id, isStateless: isStateless) { await self.answer(request, bytes) }
        switch admission {
        case .begun: return
        // With the id it would be taken for the answer to the other request.
        case .idInUse: refuse(nil, RPCError(.invalidRequest, "A request with this `id` is under way."))
        case .tooMany: refuse(request.id, RPCError(.internalError, "Too many requests are under way."))
        }
    }

    private func refuse(_ id: RPCID?, _ error: RPCError) {
        output.write(CanonicalJSON.encode(RPCResponse(id: id, refusing: error).json))
    }

    /// In the order in which the client wrote them: what follows may lean on them.
    private func pass(_ notification: RPCNotification, _ bytes: [UInt8]) async {
        if notification.method == "notifications/cancelled",
            let id = notification.params["requestId"].flatMap(RPCID.init(json:)), calls.cancel(id)
        {
            return
        }
        // Without a session there is nothing that it could be about.
        guard session.current.opening != nil else { return }
        await post(bytes)
        guard notification.method == "notifications/initialized", !session.current.isInitialized else { return }
        session.initialized()
        calls.beginOther { await self.listen() }
    }

    /// A message that is owed no answer.
    private func post(_ bytes: [UInt8]) async {
        let call = StreamedCall(
            .post, path: path, headers: BridgeHeaders.ofOthers(in: session.current), body: bytes, patience: .zero)
        do throws(ClientError) {
            let answer = try await client.open(call)
            let body = try await answer.whole(upTo: BridgeAnswer.messageLimit)
            guard answer.status >= 300 else { return }
            throw BridgeAnswer.failure(answer, body)
        } catch { note("A message could not be delivered", error) }
    }

    /// Tells the server that the session is over, in a task of its own: this one may be cancelled. It is no harm when it does not
    /// arrive, because sessions end by themselves.
    private func leave() async {
        let current = session.current
        guard current.id != nil else { return }
        let call = StreamedCall(.delete, path: path, headers: BridgeHeaders.of(current), patience: .zero)
        let client = client
        await Task {
            await withTaskGroup(of: Void.self) { group in
                group.addTask { _ = try? await client.open(call).whole(upTo: BridgeAnswer.messageLimit) }
                group.addTask { try? await Task.sleep(for: Self.farewell) }
                await group.next()
                group.cancelAll()
            }
        }.value
    }

    /// Clients keep what comes here in a log.
    func note(_ what: String, _ error: ClientError) {
        Terminal.note("countersign: \(what): \(Shown.text(CommandFailure(error).message))")
    }
}
