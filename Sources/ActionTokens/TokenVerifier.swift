package import CanonicalEncoding
package import SecretMaterial

/// Verifies the kinds of token of the agents' plane (RFC 9068 §4). None is ever accepted for another: an access token has our
/// issuer as audience and no action, a one-action token the executor and exactly one, a bearer token an MCP endpoint and no
/// `cnf` (S17).
///
/// Revocation, epoch and consumption are the caller's to check: they need the store.
package struct TokenVerifier: Sendable {
    package let issuer: Text
    private let keys: [PublicJWK]

    static let type: Text = "at+jwt"
    /// Between nodes of one authority.
    static let skewSeconds: Int64 = 10

    /// - Parameter keys: the current signing key, and those before it whose tokens may still live.
    package init(issuer: Text, keys: [PublicJWK]) {
        self.issuer = issuer
        self.keys = keys
    }

    /// A token with which an agent speaks to the agents' plane.
    package func accessToken(_ text: Text, now: Timestamp) -> Result<AccessTokenClaims, TokenRefusal> {
        do throws(TokenRefusal) {
            let payload = try verifiedPayload(text)
            for name: Text in ["authorization_details", "txn"] where payload[name] != nil { throw .wrongKind }
            guard payload["aud"] == .string(issuer) else { throw .wrongAudience }
            return .success(
                AccessTokenClaims(
                    token: try shared(
                        payload, key: try Self.confirmedKey(payload),
                        longestLifeSeconds: AccessTokenClaims.longestLifeSeconds, now)))
        } catch {
            return .failure(error)
        }
    }

    /// A token for one action, presented by `audience`, the executor.
    package func actionToken(
        _ text: Text, audience: Text, now: Timestamp
    ) -> Result<ActionTokenClaims, TokenRefusal> {
        actionToken(text, uncheckedAudienceAt: now).flatMap { claims in
            claims.audience == audience ? .success(claims) : .failure(.wrongAudience)
        }
    }

    /// The same for introspection and revocation, where it is not the executor who asks. The caller has to judge who may
    /// know about this token.
    package func actionToken(
        _ text: Text, uncheckedAudienceAt now: Timestamp
    ) -> Result<ActionTokenClaims, TokenRefusal> {
        do throws(TokenRefusal) {
            let payload = try verifiedPayload(text)
            guard payload["authorization_details"] != nil, payload["txn"] != nil else { throw .wrongKind }
            let token = try shared(
                payload, key: try Self.confirmedKey(payload), longestLifeSeconds: ActionTokenClaims.longestLifeSeconds,
                now)
            let claims = ClaimReader(payload)
            guard let audience = claims.url("aud"), let txn = claims.identifier("txn") else { throw .missingClaim }
            guard audience != issuer else { throw .wrongKind }
            let (action, request) = try Self.detail(payload)
            return .success(
                ActionTokenClaims(token: token, audience: audience, txn: txn, action: action, request: request))
        } catch {
            return .failure(error)
        }
    }

    /// A token that needs no proof. The caller has to judge whether its `audience` is the endpoint that was called: it is the
    /// one thing that keeps such a token from being good everywhere.
    package func bearerToken(
        _ text: Text, uncheckedAudienceAt now: Timestamp
    ) -> Result<BearerTokenClaims, TokenRefusal> {
        do throws(TokenRefusal) {
            let payload = try verifiedPayload(text)
            for name: Text in ["authorization_details", "txn"] where payload[name] != nil { throw .wrongKind }
            // RFC 9449 §7.2: a bound token is never taken as a bearer token, whatever it is bound by.
            guard payload["cnf"] == nil else { throw .wrongConfirmation }
            let claims = ClaimReader(payload)
            guard let audience = claims.url("aud"), let key = claims.identifier("client_key"),
                let allowed = payload["bearer_allowed"]?.integerValue
            else { throw .missingClaim }
            guard audience != issuer else { throw .wrongKind }
            let token = try shared(payload, key: key, longestLifeSeconds: BearerTokenClaims.longestLifeSeconds, now)
            return .success(
                BearerTokenClaims(token: token, audience: audience, allowedAt: Timestamp(milliseconds: allowed)))
        } catch {
            return .failure(error)
        }
    }
}

extension TokenVerifier {
    /// Everything before the claims: form, `typ`, `alg`, `kid`, signature.
    private func verifiedPayload(_ text: Text) throws(TokenRefusal) -> JSONObject {
        let jws: CompactJWS
        do { jws = try CompactJWS(text) } catch {
            throw error == .unsupportedAlgorithm ? .wrongAlgorithm : .malformed
        }
        guard jws.header["typ"]?.textValue == Self.type else { throw .wrongType }
        guard let keyID = jws.header["kid"]?.textValue,
            let key = keys.first(where: { Text($0.thumbprint) == keyID })
        else { throw .unknownKey }
        guard key.algorithm == jws.algorithm else { throw .wrongAlgorithm }
        guard jws.isSigned(by: key) else { throw .badSignature }
        return jws.payload
    }

    private func shared(
        _ payload: JSONObject, key: Text, longestLifeSeconds: Int64, _ now: Timestamp
    ) throws(TokenRefusal) -> TokenClaims {
        let claims = ClaimReader(payload)
        guard let issuer = claims.url("iss"), let subject = claims.identifier("sub"),
            let clientID = claims.identifier("client_id"), let tokenID = claims.identifier("jti"),
            let epoch = claims.identifier("epoch"), let issuedAt = claims.time("iat"),
            let expiresAt = claims.time("exp")
        else { throw .missingClaim }
        guard issuer == self.issuer else { throw .wrongIssuer }
        try Self.checkTimes(claims, (issuedAt, expiresAt), longestLifeSeconds, now)
        return TokenClaims(
            issuer: issuer, subject: (subject, clientID),
            life: TokenLife(issuedAt: issuedAt, expiresAt: expiresAt, tokenID: tokenID),
            keyThumbprint: key, epoch: epoch)
    }

    private static func checkTimes(
        _ claims: ClaimReader, _ life: (from: Timestamp, to: Timestamp), _ longestLifeSeconds: Int64,
        _ now: Timestamp
    ) throws(TokenRefusal) {
        let latest = now.adding(seconds: skewSeconds)
        guard life.from <= latest else { throw .fromTheFuture }
        if claims.claims["nbf"] != nil {
            guard let notBefore = claims.time("nbf") else { throw .missingClaim }
            guard notBefore <= latest else { throw .fromTheFuture }
        }
        // S3 is exact: no leeway after the end.
        guard now < life.to else { throw .expired }
        guard life.to <= life.from.adding(seconds: longestLifeSeconds) else { throw .livesTooLong }
    }

    /// Exactly one confirmation method, and one that we can check.
    private static func confirmedKey(_ payload: JSONObject) throws(TokenRefusal) -> Text {
        guard let confirmation = payload["cnf"]?.objectValue, confirmation.count == 1,
            let thumbprint = ClaimReader(confirmation).identifier("jkt")
        else { throw .wrongConfirmation }
        return thumbprint
    }

    /// Exactly one entry of our type with exactly its members (RFC 9396 §5: unknown ones are refused).
    private static func detail(_ payload: JSONObject) throws(TokenRefusal) -> (action: Digest, request: Text) {
        guard let details = payload["authorization_details"]?.arrayValue, details.count == 1,
            let detail = details.first?.objectValue, detail.count == 3,
            detail["type"]?.textValue == ActionTokenClaims.detailType,
            let action = ClaimReader(detail).identifier("action").flatMap({ Digest(wire: $0.string) }),
            let request = ClaimReader(detail).identifier("request")
        else { throw .missingClaim }
        return (action, request)
    }
}
