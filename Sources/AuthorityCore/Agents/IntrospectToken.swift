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
        if case .success(let claims) = authority.tokenVerifier.accessToken(token, now: now) {
            guard claims.token.subject == caller.id.text, claims.token.epoch == authority.epochText else {
                return inactive
            }
            let key = RevokeToken.key(of: claims.token.tokenID)
            let isGood = try await authority.read { reader in
                try !reader.isRemembered(.revokedToken, key) && Self.isHeld(claims.token, reader: reader, at: now)
            }
            return isGood ? answer(claims.token, audience: authority.settings.issuer, more: [:]) : inactive
        }
        guard case .success(let claims) = authority.tokenVerifier.actionToken(token, uncheckedAudienceAt: now),
            [claims.token.subject, claims.audience].contains(caller.id.text), let id = RequestID(claims.request)
        else { return inactive }
        let request = try await authority.read { reader in
            try Self.isHeld(claims.token, reader: reader, at: now) ? reader.request(id) : nil
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

    /// Whether somebody can prove to be whom the token was issued to: an active agent with that very key.
    private static func isHeld(_ token: TokenClaims, reader: any StoreReader, at now: Timestamp) throws -> Bool {
        guard let id = AgentID(token.subject), let agent = try reader.agent(id), agent.isActive(at: now) else {
            return false
        }
        return agent.key(token.keyThumbprint) != nil
    }

    private func answer(_ token: TokenClaims, audience: Text, more: JSONObject) -> JSONValue {
        var object: JSONObject = [
            "active": true, "iss": .string(token.issuer), "sub": .string(token.subject),
            "client_id": .string(token.clientID), "aud": .string(audience), "token_type": "DPoP",
            "iat": .integer(token.issuedAt.seconds), "exp": .integer(token.expiresAt.seconds),
            "jti": .string(token.tokenID), "cnf": ["jkt": .string(token.keyThumbprint)],
        ]
        for member in more.members { object[member.name] = member.value }
        return .object(object)
    }
}
