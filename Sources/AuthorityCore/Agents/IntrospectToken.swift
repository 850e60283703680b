import ActionTokens
import AuthorityPorts
package import CanonicalEncoding
import DomainModel

/// `POST /oauth/introspect` (RFC 7662), for the holder and for the executor of a token. Without side effects.
package struct IntrospectToken: Sendable {
    let authority: Authority

    package init(_ authority: Authority) {
        self.authority = authority
    }

    /// `{"active": false}` for everything that is unknown, spent, foreign, revoked or expired, and for what nobody can use any
    /// more: its agent has ended, or the key that it is bound to is retired.
    package func run(_ caller: AuthenticatedAgent, form: [(Text, Text)]) async throws(AuthorityError) -> JSONValue {
        let now = authority.now
        let token = try form.only("token")
        let inactive: JSONValue = ["active": false]
        if let token = authority.agentsToken(token, at: now) {
            let claims = token.claims
            guard claims.subject == caller.id.text, claims.epoch == authority.epochText else { return inactive }
            let key = RevokeToken.key(of: claims.tokenID)
            let isGood = try await authority.read { reader in
                try !reader.isRemembered(.revokedToken, key) && Self.isHeld(token, reader: reader, at: now)
            }
            return isGood ? answer(token) : inactive
        }
        guard case .success(let claims) = authority.tokenVerifier.actionToken(token, uncheckedAudienceAt: now),
            [claims.token.subject, claims.audience].contains(caller.id.text), let id = RequestID(claims.request)
        else { return inactive }
        let request = try await authority.read { reader in
            try Self.holder(claims.token, reader: reader, at: now) == nil ? nil : reader.request(id)
        }
        guard let request, request.progress.status == .granted,
            request.progress.grant?.tokenID == claims.token.tokenID, claims.token.epoch == authority.epochText
        else { return inactive }
        return answer(
            claims.token, audience: claims.audience,
            more: [
                "txn": .string(claims.txn),
                "authorization_details": [
                    [
                        "type": .string(ActionTokenClaims.detailType), "action": "\(claims.action.wire)",
                        "request": .string(claims.request),
                    ]
                ],
            ])
    }

    /// Whoever the token was issued to, if they can use it: an active agent with that very key.
    private static func holder(_ token: TokenClaims, reader: any StoreReader, at now: Timestamp) throws -> Agent? {
        guard let id = AgentID(token.subject), let agent = try reader.agent(id), agent.isActive(at: now) else {
            return nil
        }
        return agent.key(token.keyThumbprint) == nil ? nil : agent
    }

    private static func isHeld(_ token: AgentsToken, reader: any StoreReader, at now: Timestamp) throws -> Bool {
        guard let agent = try holder(token.claims, reader: reader, at: now) else { return false }
        return switch token {
        case .bound: true
        case .bearer(let claims): agent.bearerAllowedAt == claims.allowedAt
        }
    }

    private func answer(_ token: AgentsToken) -> JSONValue {
        switch token {
        case .bound(let claims): answer(claims.token, audience: authority.settings.issuer, more: [:])
        case .bearer(let claims): .object(Self.members(claims.token, .bearer, audience: claims.audience))
        }
    }

    /// Of a token that is bound to its holder's key.
    private func answer(_ token: TokenClaims, audience: Text, more: JSONObject) -> JSONValue {
        var object = Self.members(token, .dpop, audience: audience)
        object["cnf"] = ["jkt": .string(token.keyThumbprint)]
        for member in more.members { object[member.name] = member.value }
        return .object(object)
    }

    private static func members(_ token: TokenClaims, _ proof: CallerProof, audience: Text) -> JSONObject {
        [
            "active": true, "iss": .string(token.issuer), "sub": .string(token.subject),
            "client_id": .string(token.clientID), "aud": .string(audience), "token_type": .string(proof.tokenType),
            "iat": .integer(token.issuedAt.seconds), "exp": .integer(token.expiresAt.seconds),
            "jti": .string(token.tokenID),
        ]
    }
}
