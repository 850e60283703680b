/// Every call of the agents' plane, once: the router, the OpenAPI document, the client and the tests of the unauthorised go
/// through this table.
package enum AgentRoute: String, Sendable, CaseIterable {
    case issueAccessToken, introspectToken, revokeToken, serverMetadata, keySet
    case openRequest, readRequest, cancelRequest, issueActionToken
    case claimExecution, completeExecution

    package enum Method: String, Sendable {
        case get = "GET"
        case post = "POST"
    }

    /// What a call carries.
    package enum Body: Sendable {
        case none, json, form
    }

    package var method: Method {
        switch self {
        case .serverMetadata, .keySet, .readRequest: .get
        default: .post
        }
    }

    /// With `{id}` where an identifier stands.
    package var path: String {
        switch self {
        case .issueAccessToken: "/oauth/token"
        case .introspectToken: "/oauth/introspect"
        case .revokeToken: "/oauth/revoke"
        case .serverMetadata: "/.well-known/oauth-authorization-server"
        case .keySet: "/oauth/jwks"
        case .openRequest: "/v1/requests"
        case .readRequest: "/v1/requests/{id}"
        case .cancelRequest: "/v1/requests/{id}/cancel"
        case .issueActionToken: "/v1/requests/{id}/token"
        case .claimExecution: "/v1/claims"
        case .completeExecution: "/v1/executions/{id}/completion"
        }
    }

    /// The path for one identifier, which must be a handle: nothing is escaped.
    package func path(id: String) -> String {
        guard let open = path.utf8.firstIndex(of: UInt8(ascii: "{")),
            let close = path.utf8.firstIndex(of: UInt8(ascii: "}"))
        else { return path }
        return path[..<open] + id + path[path.utf8.index(after: close)...]
    }

    package var body: Body {
        switch self {
        case .issueAccessToken, .introspectToken, .revokeToken: .form
        case .openRequest, .issueActionToken, .claimExecution, .completeExecution: .json
        case .cancelRequest, .serverMetadata, .keySet, .readRequest: .none
        }
    }

    /// True where an access token and a proof are needed. The token endpoint authenticates by client assertion; metadata and
    /// keys are public.
    package var needsAccessToken: Bool {
        switch self {
        case .issueAccessToken, .serverMetadata, .keySet: false
        default: true
        }
    }

    /// OAuth's endpoints refuse in OAuth's form (RFC 6749, 5.2).
    package var speaksOAuth: Bool {
        switch self {
        case .issueAccessToken, .introspectToken, .revokeToken: true
        default: false
        }
    }

    /// Query parameters that the call reads; any other is refused.
    package var queryParameters: [String] {
        self == .readRequest ? ["wait"] : []
    }
}
