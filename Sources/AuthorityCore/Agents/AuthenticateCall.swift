import ActionTokens
import AuthorityPorts
import CanonicalEncoding
import DomainModel
import WireProtocol

/// Names the agent behind a call: by its access token and a fresh DPoP proof (RFC 9449, section 7), or, at the MCP endpoints
/// alone, by a bearer token (RFC 6750).
package struct AuthenticateCall: Sendable {
    let authority: Authority

    package init(_ authority: Authority) {
        self.authority = authority
    }

    /// Unknown, disabled and expired agents get one answer, and differ in the error's context alone.
    ///
    /// - Parameter endpoint: the MCP endpoint that was called, which takes bearer tokens made for it. Nil, as at every other
    ///   address: whoever calls has to prove possession of its key.
    package func run(
        _ call: HTTPCall, acceptingBearerFor endpoint: GatewayScope? = nil
    ) async throws(AuthorityError) -> AuthenticatedAgent {
        switch try PresentedToken(call) {
        case .bound(let token): return try await bound(token, call)
        case .bearer(let token):
            guard let endpoint else { throw .tokenRefused("a bearer token where none is good") }
            // RFC 9449, 7.2: whoever has a proof to show is not to be heard without it.
            guard call.dpop.isEmpty else { throw .tokenRefused("a bearer token beside a proof") }
            return try await bearer(token, at: endpoint)
        }
    }

    private func bound(_ token: Text, _ call: HTTPCall) async throws(AuthorityError) -> AuthenticatedAgent {
        let now = authority.now
        let revision = authority.store.inventoryRevision
        let known = authority.callers.caller(token: token, at: revision)
        var caller: KnownCaller
        if let known { caller = known } else { caller = try await verified(token, at: now) }
        guard case .bound(var binding) = caller.credential else { throw .tokenRefused("a token without a key") }
        // S3 is exact: the end of a token that is known already is looked at each time.
        guard now < caller.claims.expiresAt else { throw .tokenRefused("an expired token") }
        let proof = try authority.verifiedProof(call, boundTo: binding, at: now)
        try check(caller, at: now)
        guard caller.agent.key(proof.thumbprint) != nil else {
            throw .tokenRefused("a retired key of \(caller.agent.id)")
        }
        if known == nil {
            binding.key = proof.key
            caller.credential = .bound(binding)
            authority.callers.remember(caller, token: token, at: revision)
        }
        return AuthenticatedAgent(caller.agent, keyThumbprint: proof.thumbprint)
    }

    /// The token is all there is to look at, so all of it is looked at each time, its signature apart.
    private func bearer(
        _ token: Text, at endpoint: GatewayScope
    ) async throws(AuthorityError) -> AuthenticatedAgent {
        let now = authority.now
        let revision = authority.store.inventoryRevision
        let known = authority.callers.caller(token: token, at: revision)
        let caller: KnownCaller
        if let known { caller = known } else { caller = try await verifiedBearer(token, at: now) }
        guard case .bearer(let claims) = caller.credential else { throw .tokenRefused("a bound token as a bearer") }
        guard now < claims.token.expiresAt else { throw .tokenRefused("an expired token") }
        guard let good = authority.settings.scope(ofResource: claims.audience), good.covers(endpoint) else {
            throw .tokenRefused("a bearer token for another endpoint")
        }
        try check(caller, at: now)
        let bearer = AuthenticatedAgent(caller.agent, bearing: claims, for: good)
        guard bearer.isProved(before: caller.agent) else {
            throw .tokenRefused("a bearer token of \(bearer.id) whose key or permission is gone")
        }
        if known == nil { authority.callers.remember(caller, token: token, at: revision) }
        return bearer
    }

    private func check(_ caller: KnownCaller, at now: Timestamp) throws(AuthorityError) {
        guard caller.claims.epoch == authority.epochText else { throw .tokenRefused("a token of another epoch") }
        if let reason = caller.agent.inactivity(at: now) { throw .tokenRefused(reason) }
    }
}

/// What is verified once for each token.
extension AuthenticateCall {
    private func verified(_ token: Text, at now: Timestamp) async throws(AuthorityError) -> KnownCaller {
        let claims: TokenClaims
        switch authority.tokenVerifier.accessToken(token, now: now) {
        case .success(let verified): claims = verified.token
        case .failure(let reason): throw .tokenRefused("\(reason)")
        }
        let binding = ProofBinding(accessToken: token, keyThumbprint: claims.keyThumbprint)
        return KnownCaller(claims: claims, credential: .bound(binding), agent: try await holder(of: claims))
    }

    private func verifiedBearer(_ token: Text, at now: Timestamp) async throws(AuthorityError) -> KnownCaller {
        switch authority.tokenVerifier.bearerToken(token, uncheckedAudienceAt: now) {
        case .success(let claims):
            return KnownCaller(
                claims: claims.token, credential: .bearer(claims), agent: try await holder(of: claims.token))
        case .failure(let reason): throw .tokenRefused("\(reason)")
        }
    }

    /// The agent that the token was given to, unless the token was revoked.
    private func holder(of claims: TokenClaims) async throws(AuthorityError) -> Agent {
        guard let id = AgentID(claims.subject) else { throw .tokenRefused("a subject that is no agent's name") }
        let revocation = RevokeToken.key(of: claims.tokenID)
        let (agent, isRevoked) = try await authority.read { reader in
            (try reader.agent(id), try reader.isRemembered(.revokedToken, revocation))
        }
        guard !isRevoked else { throw .tokenRefused("the token of \(id) was revoked") }
        guard let agent else { throw .tokenRefused("no agent \(id)") }
        return agent
    }
}

/// The token of a call by the scheme that it came with (RFC 9110, 11.1: schemes are the same in any case).
private enum PresentedToken {
    case bound(Text)
    case bearer(Text)

    init(_ call: HTTPCall) throws(AuthorityError) {
        guard let value = call.authorization.first else {
            throw AuthorityError(
                .unauthenticated, "This call needs an access token.",
                hint: "Get one at /oauth/token and send it as `Authorization: DPoP …` with a proof.")
        }
        guard call.authorization.count == 1 else { throw .tokenRefused("several Authorization fields") }
        if let token = Self.token(value, scheme: "dpop ") {
            self = .bound(token)
        } else if let token = Self.token(value, scheme: "bearer ") {
            self = .bearer(token)
        } else {
            throw .tokenRefused("neither the DPoP nor the Bearer scheme")
        }
    }

    private static func token(_ value: Text, scheme: String) -> Text? {
        let head = value.utf8.prefix(scheme.utf8.count).map { (0x41...0x5A).contains($0) ? $0 | 0x20 : $0 }
        guard head.elementsEqual(scheme.utf8) else { return nil }
        return Text(utf8: value.utf8.dropFirst(scheme.utf8.count))
    }
}

extension AuthorityError {
    /// One answer, whatever is wrong with a token; why, for the log alone.
    static func tokenRefused(_ context: String) -> AuthorityError {
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
