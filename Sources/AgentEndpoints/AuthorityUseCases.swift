import AuthorityCore
import CanonicalEncoding
import DomainModel

/// The use cases of a real authority.
struct AuthorityUseCases: AgentUseCases {
    let authority: Authority
    let metadata: JSONValue

    init(_ authority: Authority) {
        self.authority = authority
        metadata = AuthorizationServerMetadata(authority).json
    }

    var issuer: Text { authority.settings.issuer }
    var nonce: Text { authority.currentNonce }
    var keySet: JSONValue { authority.jwks }

    func caller(of call: HTTPCall) async throws(AuthorityError) -> AuthenticatedAgent {
        try await AuthenticateCall(authority).run(call)
    }

    func name(of caller: AuthenticatedAgent) -> Text { caller.id.text }

    func accessToken(form: [(Text, Text)], call: HTTPCall) async throws(AuthorityError) -> JSONValue {
        let token = try await IssueAccessToken(authority).run(form: form, call: call)
        return [
            "access_token": .string(token.accessToken), "token_type": .string(token.type),
            "expires_in": .integer(token.expiresIn),
        ]
    }

    func introspection(_ caller: AuthenticatedAgent, form: [(Text, Text)]) async throws(AuthorityError) -> JSONValue {
        try await IntrospectToken(authority).run(caller, form: form)
    }

    func revoke(_ caller: AuthenticatedAgent, form: [(Text, Text)]) async throws(AuthorityError) {
        try await RevokeToken(authority).run(caller, form: form)
    }

    func open(
        _ caller: AuthenticatedAgent, body: JSONValue, key: Text?
    ) async throws(AuthorityError) -> (JSONValue, isNew: Bool) {
        let answer = try await OpenRequest(authority).run(caller, body: body, idempotencyKey: key)
        return (answer.view, answer.isNew)
    }

    func read(_ caller: AuthenticatedAgent, id: Text, wait: RequestWait) async throws(AuthorityError) -> JSONValue {
        try await ReadRequest(authority).run(
            caller, id: id, waitSeconds: wait.seconds, knownRevision: wait.knownRevision)
    }

    func cancel(_ caller: AuthenticatedAgent, id: Text) async throws(AuthorityError) -> JSONValue {
        try await CancelRequest(authority).run(caller, id: id)
    }

    func actionToken(_ caller: AuthenticatedAgent, id: Text, body: JSONValue) async throws(AuthorityError) -> JSONValue
    {
        try await IssueActionToken(authority).run(caller, id: id, body: body)
    }

    func claim(
        _ caller: AuthenticatedAgent, body: JSONValue, key: Text?
    ) async throws(AuthorityError) -> (JSONValue, isNew: Bool) {
        let answer = try await ClaimExecution(authority).run(caller, body: body, idempotencyKey: key)
        return (answer.view, answer.isNew)
    }

    func complete(_ caller: AuthenticatedAgent, id: Text, body: JSONValue) async throws(AuthorityError) -> JSONValue {
        try await CompleteExecution(authority).run(caller, id: id, body: body)
    }
}
