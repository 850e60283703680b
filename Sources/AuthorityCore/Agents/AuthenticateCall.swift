import ActionTokens
import AuthorityPorts
import CanonicalEncoding
import DomainModel
import WireProtocol

/// Names the agent behind a call by its access token and a fresh DPoP proof (RFC 9449, section 7).
package struct AuthenticateCall: Sendable {
    let authority: Authority

    package init(_ authority: Authority) {
        self.authority = authority
    }

    /// Unknown, disabled and expired agents get one answer, and differ in the error's context alone.
    package func run(_ call: HTTPCall) async throws(AuthorityError) -> AuthenticatedAgent {
        let now = authority.now
        let token = try presentedToken(call)
        let revision = authority.store.inventoryRevision
        let known = authority.callers.caller(token: token, at: revision)
        var caller: KnownCaller
        if let known { caller = known } else { caller = try await verified(token, at: now) }
        // S3 is exact: the end of a token that is known already is looked at each time.
        guard now < caller.claims.expiresAt else { throw refusal("an expired token") }
        let proof = try authority.verifiedProof(call, boundTo: caller.binding, at: now)
        let agent = caller.agent
        guard caller.claims.epoch == authority.epochText else { throw refusal("a token of another epoch") }
        if let reason = agent.inactivity(at: now) { throw refusal(reason) }
        guard agent.key(proof.thumbprint) != nil else { throw refusal("a retired key of \(agent.id)") }
        if known == nil {
            caller.binding.key = proof.key
            authority.callers.remember(caller, token: token, at: revision)
        }
        return AuthenticatedAgent(agent, keyThumbprint: proof.thumbprint)
    }

    /// The token's claims and its holder, unless the token was revoked.
    private func verified(_ token: Text, at now: Timestamp) async throws(AuthorityError) -> KnownCaller {
        let claims = try verifiedClaims(token, at: now)
        guard let id = AgentID(claims.subject) else { throw refusal("a subject that is no agent's name") }
        let revocation = RevokeToken.key(of: claims.tokenID)
        let (agent, isRevoked) = try await authority.read { reader in
            (try reader.agent(id), try reader.isRemembered(.revokedToken, revocation))
        }
        guard !isRevoked else { throw refusal("the token of \(id) was revoked") }
        guard let agent else { throw refusal("no agent \(id)") }
        return KnownCaller(
            claims: claims, binding: ProofBinding(accessToken: token, keyThumbprint: claims.keyThumbprint), agent: agent
        )
    }

    private func presentedToken(_ call: HTTPCall) throws(AuthorityError) -> Text {
        guard let value = call.authorization.first else {
            throw AuthorityError(
                .unauthenticated, "This call needs an access token.",
                hint: "Get one at /oauth/token and send it as `Authorization: DPoP …` with a proof.")
        }
        guard call.authorization.count == 1 else { throw refusal("several Authorization fields") }
        let scheme = "DPoP "
        guard value.utf8.starts(with: scheme.utf8), let token = Text(utf8: value.utf8.dropFirst(scheme.utf8.count))
        else { throw refusal("not the DPoP scheme") }
        return token
    }

    private func verifiedClaims(_ token: Text, at now: Timestamp) throws(AuthorityError) -> TokenClaims {
        switch authority.tokenVerifier.accessToken(token, now: now) {
        case .success(let claims): return claims.token
        case .failure(let reason): throw refusal("\(reason)")
        }
    }

    private func refusal(_ context: String) -> AuthorityError {
        AuthorityError(.invalidToken, "The access token is not accepted.", context: context)
    }
}

extension Agent {
    /// Why it is refused, for the log alone; nil while it is active.
    func inactivity(at now: Timestamp) -> String? {
        if disabledAt != nil { return "\(id) is disabled" }
        return isActive(at: now) ? nil : "\(id) is past its end"
    }
}

extension Authority {
    /// The twelve checks, a nonce of ours, and no replay.
    func verifiedProof(
        _ call: HTTPCall, boundTo binding: ProofBinding?, at now: Timestamp
    ) throws(AuthorityError) -> VerifiedProof {
        let verdict = DPoPVerifier(nonces: .required(nonces)).verify(
            call.dpop, for: ProofTarget(method: call.method, url: call.url), boundTo: binding, now: now)
        switch verdict {
        case .failure(.nonceRequired), .failure(.wrongNonce):
            throw AuthorityError(
                .useDPoPNonce, "The proof needs a nonce of this server.",
                hint: "Repeat the call with the nonce of the DPoP-Nonce header.")
        case .failure(let reason):
            throw AuthorityError(.invalidDPoPProof, "The DPoP proof is not accepted.", context: "\(reason)")
        case .success(let proof):
            guard replays.remember(proof.replayKey, at: now) else {
                throw AuthorityError(.invalidDPoPProof, "The DPoP proof is not accepted.", context: "replayed")
            }
            return proof
        }
    }
}
