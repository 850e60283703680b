import ActionTokens
import AuthorityPorts
package import CanonicalEncoding
import DomainModel
import SecretMaterial
import WireProtocol

/// `POST /oauth/token`: a DPoP-bound access token for a client that authenticates with its private key (RFC 7523).
package struct IssueAccessToken: Sendable {
    /// A token and its life in seconds.
    package struct IssuedToken: Sendable {
        package let accessToken: Text
        package let expiresIn: Int64
    }

    let authority: Authority

    package init(_ authority: Authority) {
        self.authority = authority
    }

    package func run(form: [(Text, Text)], call: HTTPCall) async throws(AuthorityError) -> IssuedToken {
        let now = authority.now
        let assertion = try presentedAssertion(form)
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
            let client = try verified(assertion, key: key, at: now)
            guard try transaction.remember(.proof, client.replayKey, until: client.expiresAt) else {
                throw refusal("a replayed assertion of \(id)")
            }
            try transaction.touch(agent: id, at: now)
            return try issued(to: agent, keyThumbprint: proof.thumbprint, at: now)
        }
    }

    private func issued(to agent: Agent, keyThumbprint: Text, at now: Timestamp) throws -> IssuedToken {
        let end = min(now.adding(seconds: authority.settings.accessTokenSeconds), agent.endsAt)
        let claims = TokenClaims(
            issuer: authority.settings.issuer, subject: (agent.id.text, agent.id.text),
            life: TokenLife(issuedAt: now, expiresAt: end, tokenID: authority.randomToken()),
            keyThumbprint: keyThumbprint, epoch: authority.epochText)
        let token = try authority.tokenIssuer.mint(AccessTokenClaims(token: claims))
        return IssuedToken(accessToken: token, expiresIn: end.seconds - now.seconds)
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
        _ assertion: UnverifiedClientAssertion, key: PublicJWK, at now: Timestamp
    ) throws(AuthorityError) -> VerifiedClientAssertion {
        switch assertion.verify(keys: [key], issuer: authority.settings.issuer, now: now) {
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
