import ActionTokens
import AuthorityPorts
package import CanonicalEncoding
package import DomainModel
import WireProtocol

/// What authentication needs to know of an HTTP request: the bytes of the header fields, and our own idea of its URL.
package struct HTTPCall: Sendable {
    package var method: Text
    /// From the configured public address and the route, never from a header.
    package var url: Text
    /// Every `Authorization` field.
    package var authorization: [Text]
    /// Every `DPoP` field.
    package var dpop: [Text]

    package init(method: Text, url: Text, authorization: [Text], dpop: [Text]) {
        self.method = method
        self.url = url
        self.authorization = authorization
        self.dpop = dpop
    }
}

/// An agent that proved who it is, for one call. Only `AuthenticateCall` makes one.
package struct AuthenticatedAgent: Sendable {
    package let id: AgentID
    package let owner: PersonID
    package let keyThumbprint: Text
    /// How it proved itself, for `context.caller.proof`.
    package let proof: CallerProof
    /// The permission that its bearer token was issued under.
    private let bearerAllowedAt: Timestamp?
    /// Where its bearer token is good; nil: everywhere, because it proved itself.
    private let endpoint: GatewayScope?

    /// It proved possession of that key.
    init(_ agent: Agent, keyThumbprint: Text) {
        id = agent.id
        owner = agent.owner
        self.keyThumbprint = keyThumbprint
        proof = .dpop
        bearerAllowedAt = nil
        endpoint = nil
    }

    /// It came with a bearer token, which somebody with that key was given for that endpoint.
    init(_ agent: Agent, bearing claims: BearerTokenClaims, for endpoint: GatewayScope) {
        id = agent.id
        owner = agent.owner
        keyThumbprint = claims.token.keyThumbprint
        proof = .bearer
        bearerAllowedAt = claims.allowedAt
        self.endpoint = endpoint
    }

    /// Whether what was asked is this caller's to know of and to go on with. A bearer learns what bearers asked of the servers that
    /// its token is good for: not what somebody with the key did.
    func mayLearn(of submission: Submission) -> Bool {
        guard submission.agent == id, submission.keyThumbprint == keyThumbprint else { return false }
        return switch endpoint {
        case nil: true
        case .everything?: submission.proof == .bearer
        case .server(let name)?: submission.proof == .bearer && submission.action.tool.server == name
        }
    }

    /// Whether the agent, as it stands now, lets it prove itself like this.
    func isProved(before agent: Agent) -> Bool {
        agent.key(keyThumbprint) != nil && (proof == .dpop || agent.bearerAllowedAt == bearerAllowedAt)
    }
}

extension StoreReader {
    /// The agent behind a call as it stands in this transaction: it may have ended, or lost that key or its bearer tokens,
    /// since it was authenticated.
    func standing(_ caller: AuthenticatedAgent, at now: Timestamp) throws -> Agent {
        guard let agent = try agent(caller.id), agent.isActive(at: now), caller.isProved(before: agent) else {
            throw AuthorityError(.invalidToken, "The access token is not accepted.", context: "ended while asking")
        }
        return agent
    }
}
