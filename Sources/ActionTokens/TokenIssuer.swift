package import CanonicalEncoding
package import SecretMaterial

/// Mints the three kinds of token of the agents' plane. Signed tokens leave here; nothing is remembered.
package struct TokenIssuer: Sendable {
    package let issuer: Text
    private let key: SigningKey

    /// ES256 is the faster of the two algorithms where every action costs a signature and several verifications.
    package init(issuer: Text, key: SigningKey) {
        self.issuer = issuer
        self.key = key
    }

    /// Why a token was not made: what was asked for is none that a verifier would take.
    package enum MintingError: Error, Hashable, Sendable, CaseIterable {
        /// Another issuer than this one.
        case wrongIssuer
        /// Longer than the kind may live, or not at all.
        case lifeOutOfRange
        /// The executor is named like the authority itself: the kinds of token are told apart by their audience.
        case audienceIsIssuer
        case signingFailed
    }

    /// An access token for the agents' plane: `aud` is the issuer.
    package func mint(_ claims: AccessTokenClaims) throws(MintingError) -> Text {
        try check(claims.token, longestLifeSeconds: AccessTokenClaims.longestLifeSeconds)
        var payload = Self.payload(boundTo: claims.token)
        payload["aud"] = .string(issuer)
        return try sign(payload)
    }

    /// A token for one action, for one executor.
    package func mint(_ claims: ActionTokenClaims) throws(MintingError) -> Text {
        try check(claims.token, longestLifeSeconds: ActionTokenClaims.longestLifeSeconds)
        guard claims.audience != issuer else { throw .audienceIsIssuer }
        var payload = Self.payload(boundTo: claims.token)
        payload["aud"] = .string(claims.audience)
        payload["txn"] = .string(claims.txn)
        payload["authorization_details"] = [
            [
                "type": .string(ActionTokenClaims.detailType), "action": .string(Text(claims.action.wire)),
                "request": .string(claims.request),
            ]
        ]
        return try sign(payload)
    }

    /// A token that needs no proof, for one MCP endpoint.
    package func mint(_ claims: BearerTokenClaims) throws(MintingError) -> Text {
        try check(claims.token, longestLifeSeconds: BearerTokenClaims.longestLifeSeconds)
        guard claims.audience != issuer else { throw .audienceIsIssuer }
        var payload = Self.payload(claims.token)
        payload["aud"] = .string(claims.audience)
        payload["client_key"] = .string(claims.token.keyThumbprint)
        payload["bearer_allowed"] = .integer(claims.allowedAt.milliseconds)
        return try sign(payload)
    }

    private func check(_ token: TokenClaims, longestLifeSeconds: Int64) throws(MintingError) {
        guard token.issuer == issuer else { throw .wrongIssuer }
        guard token.issuedAt.seconds < token.expiresAt.seconds,
            token.expiresAt.seconds <= token.issuedAt.adding(seconds: longestLifeSeconds).seconds
        else { throw .lifeOutOfRange }
    }

    private func sign(_ payload: JSONObject) throws(MintingError) -> Text {
        do {
            return try CompactJWS.sign(
                header: ["typ": .string(TokenVerifier.type), "kid": .string(Text(key.publicKey.thumbprint))],
                payload: payload, with: key)
        } catch {
            throw .signingFailed
        }
    }

    private static func payload(boundTo token: TokenClaims) -> JSONObject {
        var payload = payload(token)
        payload["cnf"] = ["jkt": .string(token.keyThumbprint)]
        return payload
    }

    private static func payload(_ token: TokenClaims) -> JSONObject {
        [
            "iss": .string(token.issuer), "sub": .string(token.subject), "client_id": .string(token.clientID),
            "iat": .integer(token.issuedAt.seconds), "exp": .integer(token.expiresAt.seconds),
            "jti": .string(token.tokenID), "epoch": .string(token.epoch),
        ]
    }
}
