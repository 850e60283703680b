import ActionTokens
package import AuthorityCore
package import CanonicalEncoding
package import DomainModel
package import SecretMaterial
import WireProtocol

/// An agent with a key, which signs its assertions and proofs as a client would.
package final class TestAgent: Sendable {
    package let id: AgentID
    package let key: SigningKey
    let authority: Authority

    package init(_ id: AgentID, key: SigningKey, authority: Authority) {
        self.id = id
        self.key = key
        self.authority = authority
    }

    /// A fresh proof for a call, bound to the token where there is one.
    package func call(_ method: Text, _ path: Text, token: Text? = nil) throws -> HTTPCall {
        let url: Text = "\(authority.settings.issuer)\(path)"
        let proof = try DPoPProof.mint(
            for: ProofTarget(method: method, url: url),
            binding: DPoPProof.Binding(accessToken: token, nonce: authority.currentNonce), key: key,
            at: authority.now, unique: SystemRandom().bytes(16))
        return HTTPCall(method: method, url: url, authorization: token.map { ["DPoP \($0)"] } ?? [], dpop: [proof])
    }

    /// What names the agent at the token endpoint, once.
    package func assertion() throws -> Text {
        try ClientAssertion.mint(
            clientID: id.text, issuer: authority.settings.issuer, key: key, at: authority.now,
            unique: SystemRandom().bytes(16))
    }

    package func freshToken() async throws -> Text {
        return try await IssueAccessToken(authority).run(
            form: [
                ("grant_type", "client_credentials"), ("client_assertion_type", ClientAssertion.assertionType),
                ("client_assertion", try assertion()),
            ], call: try call("POST", "/oauth/token")
        ).accessToken
    }

    /// A token that needs no proof, where people allowed it.
    package func bearerToken(resource: Text? = nil) async throws -> Text {
        var form: [(Text, Text)] = [
            ("grant_type", "client_credentials"), ("client_assertion_type", ClientAssertion.assertionType),
            ("client_assertion", try assertion()),
        ]
        if let resource { form.append(("resource", resource)) }
        let call = HTTPCall(method: "POST", url: authority.settings.tokenURL, authorization: [], dpop: [])
        return try await IssueAccessToken(authority).run(form: form, call: call).accessToken
    }

    /// What a call to an MCP endpoint with that bearer token shows.
    package func bearing(_ token: Text, at endpoint: GatewayScope = .everything) -> HTTPCall {
        HTTPCall(
            method: "POST", url: authority.settings.resource(endpoint), authorization: ["Bearer \(token)"], dpop: [])
    }

    /// Authenticated as it is for one call.
    package func authenticated(_ method: Text = "POST", _ path: Text = "/v1/requests") async throws
        -> AuthenticatedAgent
    {
        let token = try await freshToken()
        return try await AuthenticateCall(authority).run(try call(method, path, token: token))
    }

    /// Opens a request and returns its id and wire form.
    package func open(
        _ action: JSONValue, more: JSONObject = [:], idempotencyKey: Text? = nil
    ) async throws -> (id: RequestID, view: JSONValue) {
        var body: JSONObject = ["action": action]
        for member in more.members { body[member.name] = member.value }
        let answer = try await OpenRequest(authority).run(
            try await authenticated(), body: .object(body), idempotencyKey: idempotencyKey)
        guard let id = answer.view["id"]?.textValue.flatMap(RequestID.init) else { throw NoHandle() }
        return (id, answer.view)
    }

    package struct NoHandle: Error {}

    package func read(_ id: RequestID) async throws -> JSONValue {
        try await ReadRequest(authority).run(try await authenticated(), id: id.text)
    }

    /// The one-action token for an executor; itself, unless said otherwise.
    package func token(for id: RequestID, audience: AgentID? = nil) async throws -> Text {
        let answer = try await IssueActionToken(authority).run(
            try await authenticated(), id: id.text, body: ["audience": .string((audience ?? self.id).text)])
        guard let token = answer["access_token"]?.textValue else { throw NoHandle() }
        return token
    }

    /// Claims with the action as the server normalised it, or another one.
    package func claim(
        _ id: RequestID, token: Text, action: JSONValue? = nil, idempotencyKey: Text? = nil
    ) async throws -> ExecutionID {
        let normalised = try await read(id)["action"] ?? .null
        let answer = try await ClaimExecution(authority).run(
            try await authenticated(), body: ["token": .string(token), "action": action ?? normalised],
            idempotencyKey: idempotencyKey)
        guard let execution = answer.view["execution"]?.textValue.flatMap(ExecutionID.init) else { throw NoHandle() }
        return execution
    }

    @discardableResult
    package func complete(
        _ id: ExecutionID, outcome: Text = "succeeded", observed: JSONObject = [:]
    ) async throws -> JSONValue {
        try await CompleteExecution(authority).run(
            try await authenticated(), id: id.text, body: ["outcome": .string(outcome), "observed": .object(observed)])
    }
}
