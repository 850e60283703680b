package import CanonicalEncoding
package import DomainModel
package import WireProtocol

/// The calls of the agents' plane, typed.
extension AgentClient {
    /// Opens a request; the same key with the same body gives the same request, however often the answer is lost.
    package func open(_ body: OpenRequestBody, idempotencyKey: Text) async throws(ClientError) -> RequestView {
        var call = AgentCall(.openRequest)
        call.setJSON(body.json)
        call.headers.append(("idempotency-key", idempotencyKey.string))
        return try view(try await self.call(call))
    }

    /// Reads a request; with a wait, as soon as it differs from `known` or `seconds` (0 to 60) are over.
    package func read(
        _ id: RequestID, waitSeconds seconds: Int64 = 0, known: RequestView? = nil
    ) async throws(ClientError) -> RequestView {
        var call = AgentCall(.readRequest, id: id.text.string)
        if seconds > 0 {
            call.query = "?wait=\(seconds)"
            call.timeout = .seconds(seconds + 30)
            if let known { call.headers.append(("if-none-match", "\"\(known.revision)\"")) }
        }
        let response = try await self.call(call)
        if response.status == 304, let known { return known }
        return try view(response)
    }

    package func cancel(_ id: RequestID) async throws(ClientError) -> RequestView {
        try view(try await call(AgentCall(.cancelRequest, id: id.text.string)))
    }

    /// The token for the one action, for whoever executes.
    package func token(_ id: RequestID, audience: AgentID) async throws(ClientError) -> ActionTokenView {
        var call = AgentCall(.issueActionToken, id: id.text.string)
        call.setJSON(ActionTokenBody(audience: audience).json)
        return try decoded(try await self.call(call)) { json throws(MemberError) in try ActionTokenView(json: json) }
    }

    /// Claims the execution; the same key and body give the same answer, and nothing runs twice.
    package func claim(_ body: ClaimBody, idempotencyKey: Text) async throws(ClientError) -> ClaimView {
        var call = AgentCall(.claimExecution)
        call.setJSON(body.json)
        call.headers.append(("idempotency-key", idempotencyKey.string))
        return try decoded(try await self.call(call)) { json throws(MemberError) in try ClaimView(json: json) }
    }

    /// Reports what happened, and keeps trying for as long as `patience` says. Gives the server's answer.
    @discardableResult
    package func complete(
        _ id: ExecutionID, _ body: CompletionBody, patience: Duration? = nil
    ) async throws(ClientError) -> JSONValue {
        var call = AgentCall(.completeExecution, id: id.text.string)
        call.setJSON(body.json)
        call.patience = patience
        return try json(try await self.call(call))
    }

    /// Gives a token of one's own up before its time (RFC 7009). A one-action token returns its request to `approved`.
    package func revoke(_ token: Text) async throws(ClientError) {
        var call = AgentCall(.revokeToken)
        call.headers.append(("content-type", "application/x-www-form-urlencoded"))
        call.body = { FormWriter.bytes([("token", token)]) }
        _ = try await self.call(call)
    }

    /// A token for an MCP endpoint that whoever holds it can use, and its life in seconds (RFC 6750). Refused unless people
    /// allowed this agent to have one.
    package func bearerToken(
        for resource: Text
    ) async throws(ClientError) -> (token: Text, expiresIn: Int64) {
        var call = tokenCall(resource: resource)
        call.provesPossession = false
        let answer = try json(try await self.call(call))
        guard answer["token_type"]?.textValue == "Bearer", let token = answer["access_token"]?.textValue,
            let seconds = answer["expires_in"]?.integerValue
        else { throw .unexpected("\(identity.server) gave no bearer token.") }
        return (token, seconds)
    }

    private func view(_ response: TransportResponse) throws(ClientError) -> RequestView {
        try decoded(response) { json throws(MemberError) in try RequestView(json: json) }
    }

    private func json(_ response: TransportResponse) throws(ClientError) -> JSONValue {
        do { return try JSONReader.read(response.body) } catch {
            throw .unexpected("The server's answer is not acceptable JSON.")
        }
    }

    private func decoded<Value>(
        _ response: TransportResponse, _ decode: (JSONValue) throws(MemberError) -> Value
    ) throws(ClientError) -> Value {
        let json = try json(response)
        do { return try decode(json) } catch {
            throw .unexpected("The server's answer is not what the protocol says at `\(error.path)`.")
        }
    }
}
