import ActionTokens
import AuthorityPorts
package import CanonicalEncoding
package import DomainModel
import SecretMaterial
import WireProtocol

extension CallerProof {
    /// The scheme of a token that is used like this: `token_type` (RFC 6749, 7.1).
    var tokenType: Text {
        switch self {
        case .dpop: "DPoP"
        case .bearer: "Bearer"
        }
    }
}

/// `POST /oauth/token`: a DPoP-bound access token for a client that authenticates with its private key (RFC 7523); without a
/// proof, a bearer token for the MCP endpoints, where people allowed the agent to have one.
package struct IssueAccessToken: Sendable {
    /// A token, its scheme and its life in seconds.
    package struct IssuedToken: Sendable {
        package let accessToken: Text
        package let proof: CallerProof
        package let expiresIn: Int64

        /// `token_type` (RFC 6749, 5.1).
        package var type: Text { proof.tokenType }
    }

    let authority: Authority

    package init(_ authority: Authority) {
        self.authority = authority
    }

    package func run(form: [(Text, Text)], call: HTTPCall) async throws(AuthorityError) -> IssuedToken {
        let now = authority.now
        let assertion = try presentedAssertion(form)
        guard !call.dpop.isEmpty else {
            return try await bearer(for: assertion, resource: form.last { $0.0 == "resource" }?.1, at: now)
        }
        let proof = try authority.verifiedProof(call, boundTo: nil, at: now)
        guard let id = AgentID(assertion.claimedClientID) else { throw refusal("a client that is no agent's name") }
        let authority = authority
        return try await authority.write("issue access token") { transaction in
            guard let agent = try transaction.agent(id) else { throw refusal("no agent \(id)") }
            if let reason = agent.inactivity(at: now) { throw refusal(reason) }
            // The key that authenticates is the key that the token is bound to. RFC 9449 would take another one; here a key that
            // people registered has to prove possession (S8), because who brought it cannot approve what it asks for (S7).
            guard let key = agent.key(proof.thumbprint).flatMap({ PublicJWK(json: $0.jwk) }) else {
                let wasOurs = agent.keys.contains { $0.thumbprint == proof.thumbprint }
                throw refusal(wasOurs ? "a retired key of \(id)" : "the proof's key is not one of \(id)")
            }
            let client = try verified(assertion, keys: [key], at: now)
            guard try transaction.remember(.proof, client.replayKey, until: client.expiresAt) else {
                throw refusal("a replayed assertion of \(id)")
            }
            try transaction.touch(agent: id, at: now)
            return try issued(to: agent, keyThumbprint: proof.thumbprint, at: now)
        }
    }

    private func issued(to agent: Agent, keyThumbprint: Text, at now: Timestamp) throws -> IssuedToken {
        let claims = claims(for: agent, keyThumbprint: keyThumbprint, at: now)
        let token = try authority.tokenIssuer.mint(AccessTokenClaims(token: claims))
        return IssuedToken(accessToken: token, proof: .dpop, expiresIn: claims.expiresAt.seconds - now.seconds)
    }

    private func claims(for agent: Agent, keyThumbprint: Text, at now: Timestamp) -> TokenClaims {
        let end = min(now.adding(seconds: authority.settings.accessTokenSeconds), agent.endsAt)
        return TokenClaims(
            issuer: authority.settings.issuer, subject: (agent.id.text, agent.id.text),
            life: TokenLife(issuedAt: now, expiresAt: end, tokenID: authority.randomToken()),
            keyThumbprint: keyThumbprint, epoch: authority.epochText)
    }

    /// The key that signed the assertion is the one that everything asked with the token is laid to (S8).
    private func bearer(
        for assertion: UnverifiedClientAssertion, resource: Text?, at now: Timestamp
    ) async throws(AuthorityError) -> IssuedToken {
        let (id, client) = try await authenticated(assertion, at: now)
        let authority = authority
        return try await authority.write("issue bearer token") { transaction in
            let thumbprint = Text(client.key.thumbprint)
            guard let agent = try transaction.agent(id), agent.isActive(at: now), agent.key(thumbprint) != nil else {
                throw refusal("\(id) ended while asking")
            }
            guard let allowedAt = agent.bearerAllowedAt else {
                throw AuthorityError(
                    .invalidDPoPProof, "The DPoP proof is not accepted.",
                    hint: "Send a proof: nobody allowed this agent to have tokens without one.", context: "missing")
            }
            let audience = try audience(resource)
            guard try transaction.remember(.proof, client.replayKey, until: client.expiresAt) else {
                throw refusal("a replayed assertion of \(id)")
            }
            try transaction.touch(agent: id, at: now)
            let claims = claims(for: agent, keyThumbprint: thumbprint, at: now)
            let token = try authority.tokenIssuer.mint(
                BearerTokenClaims(token: claims, audience: audience, allowedAt: allowedAt))
            return IssuedToken(accessToken: token, proof: .bearer, expiresIn: claims.expiresAt.seconds - now.seconds)
        }
    }

    /// The assertion alone says who asks. It is verified before anything is told, because whether an agent may have bearer tokens
    /// is for that agent to know; and before anything is written, because a stranger's call is to cost little.
    private func authenticated(
        _ assertion: UnverifiedClientAssertion, at now: Timestamp
    ) async throws(AuthorityError) -> (AgentID, VerifiedClientAssertion) {
        guard let id = AgentID(assertion.claimedClientID) else { throw refusal("a client that is no agent's name") }
        guard let agent = try await authority.read({ try $0.agent(id) }) else { throw refusal("no agent \(id)") }
        if let reason = agent.inactivity(at: now) { throw refusal(reason) }
        let keys = agent.keys.filter { $0.retiredAt == nil }.compactMap { PublicJWK(json: $0.jwk) }
        return (id, try verified(assertion, keys: keys, at: now))
    }

    /// RFC 8707: which MCP endpoint the token is for; all of them, unless it says.
    private func audience(_ resource: Text?) throws(AuthorityError) -> Text {
        guard let resource else { return authority.settings.resource(.everything) }
        guard let scope = authority.settings.scope(ofResource: resource) else {
            throw AuthorityError(
                .invalidTarget, "`resource` is no MCP endpoint of this server.",
                hint: "A bearer token is good at \(authority.settings.resource(.everything)) and below it.")
        }
        return authority.settings.resource(scope)
    }

    private func presentedAssertion(_ form: [(Text, Text)]) throws(AuthorityError) -> UnverifiedClientAssertion {
        var fields: [Text: Text] = [:]
        for (name, value) in form {
            guard fields.updateValue(value, forKey: name) == nil else {
                throw AuthorityError(.invalidParameter, "`\(name)` occurs twice.")
            }
        }
        guard fields["grant_type"] == "client_credentials" else {
            throw AuthorityError(
                .unsupportedGrantType, "The only grant type here is `client_credentials`.")
        }
        guard fields["client_assertion_type"] == ClientAssertion.assertionType,
            let text = fields["client_assertion"]
        else {
            throw AuthorityError(
                .invalidClient, "The client authenticates with `client_assertion` (RFC 7523) alone.",
                context: "no assertion")
        }
        do {
            return try UnverifiedClientAssertion(text)
        } catch {
            throw refusal("\(error)")
        }
    }

    private func verified(
        _ assertion: UnverifiedClientAssertion, keys: [PublicJWK], at now: Timestamp
    ) throws(AuthorityError) -> VerifiedClientAssertion {
        switch assertion.verify(keys: keys, issuer: authority.settings.issuer, now: now) {
        case .success(let client): return client
        case .failure(let reason): throw refusal("\(reason)")
        }
    }

    private func refusal(_ context: String) -> AuthorityError {
        AuthorityError(
            .invalidClient, "The client is not accepted.",
            hint: "Sign assertion and proof with the same registered key; the server's log says more.",
            context: context)
    }
}
