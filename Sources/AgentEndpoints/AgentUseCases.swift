package import AuthorityCore
package import CanonicalEncoding

/// What the agents' plane asks of the authority. `AuthorityUseCases` forwards to the use cases; tests of the HTTP side
/// bring an authority of their own.
package protocol AgentUseCases: Sendable {
    /// Who calls, once it has proved it. Only `caller` makes one.
    associatedtype Caller: Sendable

    /// The public base URL of the plane without a trailing slash: configured, never taken from a header.
    var issuer: Text { get }
    /// The nonce that proofs have to carry now; goes out with every answer.
    var nonce: Text { get }
    /// RFC 8414.
    var metadata: JSONValue { get }
    /// RFC 7517.
    var keySet: JSONValue { get }

    func caller(of call: HTTPCall) async throws(AuthorityError) -> Caller
    /// What the caller's calls are counted under.
    func name(of caller: Caller) -> Text
    func accessToken(form: [(Text, Text)], call: HTTPCall) async throws(AuthorityError) -> JSONValue
    func introspection(_ caller: Caller, form: [(Text, Text)]) async throws(AuthorityError) -> JSONValue
    func revoke(_ caller: Caller, form: [(Text, Text)]) async throws(AuthorityError)

    func open(_ caller: Caller, body: JSONValue, key: Text?) async throws(AuthorityError) -> (JSONValue, isNew: Bool)
    func read(_ caller: Caller, id: Text, wait: RequestWait) async throws(AuthorityError) -> JSONValue
    func cancel(_ caller: Caller, id: Text) async throws(AuthorityError) -> JSONValue
    func actionToken(_ caller: Caller, id: Text, body: JSONValue) async throws(AuthorityError) -> JSONValue
    func claim(_ caller: Caller, body: JSONValue, key: Text?) async throws(AuthorityError) -> (JSONValue, isNew: Bool)
    func complete(_ caller: Caller, id: Text, body: JSONValue) async throws(AuthorityError) -> JSONValue
}

/// How long a reader waits for news, and what is none to it.
package struct RequestWait: Hashable, Sendable {
    /// 0 to 60.
    package var seconds: Int64
    /// The revision that the reader has; nil means whatever it is when the call arrives.
    package var knownRevision: Int64?

    package init(seconds: Int64 = 0, knownRevision: Int64? = nil) {
        self.seconds = seconds
        self.knownRevision = knownRevision
    }
}
