package import CanonicalEncoding
package import SecretMaterial

/// A proof that passed all twelve checks but for replay, which needs the store: insert ``replayKey`` if it is absent, keep it
/// until ``expiresAt``, and refuse the request where it was there.
package struct VerifiedProof: Sendable {
    package let key: PublicJWK
    /// RFC 7638: what a token's `cnf.jkt` has to equal.
    package let thumbprint: Text
    /// When its maker says that it was made (`iat`).
    package let issuedAt: Timestamp
    /// Digest over `htu` and `jti`: a `jti` counts for one URL (§11.1).
    package let replayKey: Digest
    /// The first instant at which this proof would be refused for its age.
    package let expiresAt: Timestamp
}

/// What a proof that comes with an access token has to match (RFC 9449 §4.3, check 12).
package struct ProofBinding: Sendable {
    /// `ath`.
    let tokenHash: Text
    /// The token's `cnf.jkt`.
    let keyThumbprint: Text
    /// The key of that thumbprint, where it is known already: a proof that shows the same one costs no parsing.
    package var key: PublicJWK?

    package init(accessToken: Text, keyThumbprint: Text) {
        tokenHash = DPoPProof.tokenHash(accessToken)
        self.keyThumbprint = keyThumbprint
    }
}

/// Verifies DPoP proofs (RFC 9449 §4.3): the server's side.
package struct DPoPVerifier: Sendable {
    /// Whether proofs have to carry a nonce of the server (§8, §9).
    package enum NoncePolicy: Sendable {
        case notRequired
        case required(NonceIssuer)
    }

    package let nonces: NoncePolicy
    /// How far a client's clock may run ahead.
    package var skewSeconds: Int64 = 10
    /// How old a proof may be.
    package var lifetimeSeconds: Int64 = 60

    package init(nonces: NoncePolicy) { self.nonces = nonces }

    /// - Parameters:
    ///   - headerValues: every `DPoP` field of the request, one element each.
    ///   - binding: the access token that goes with the request; nil only at the token endpoint.
    package func verify(
        _ headerValues: [Text], for target: ProofTarget, boundTo binding: ProofBinding?, now: Timestamp
    ) -> Result<VerifiedProof, DPoPRefusal> {
        do throws(DPoPRefusal) {
            let jws = try Self.parse(headerValues)
            let key = try Self.key(jws, known: binding?.key)
            let claims = try ProofClaims(jws.payload)
            try claims.check(target)
            try checkNonce(claims, now)
            try checkAge(claims, now)
            let thumbprint = Text(key.thumbprint)
            if let binding {
                guard let hash = claims.ath else { throw .missingClaim }
                guard hash == binding.tokenHash else { throw .wrongTokenHash }
                guard binding.keyThumbprint == thumbprint else { throw .wrongKey }
            }
            return .success(
                VerifiedProof(
                    key: key, thumbprint: thumbprint, issuedAt: claims.iat, replayKey: claims.replayKey,
                    // One millisecond after the last at which it is accepted.
                    expiresAt: claims.iat.adding(seconds: lifetimeSeconds).adding(milliseconds: 1)))
        } catch {
            return .failure(error)
        }
    }

    /// Checks 1, 2, 4 and 5.
    private static func parse(_ headerValues: [Text]) throws(DPoPRefusal) -> CompactJWS {
        guard let value = headerValues.first else { throw .missing }
        guard headerValues.count == 1 else { throw .several }
        let jws: CompactJWS
        do { jws = try CompactJWS(value) } catch {
            throw error == .unsupportedAlgorithm ? .wrongAlgorithm : .malformed
        }
        guard jws.header["typ"]?.textValue == DPoPProof.type else { throw .wrongType }
        return jws
    }

    /// Checks 6 and 7.
    private static func key(_ jws: CompactJWS, known: PublicJWK?) throws(DPoPRefusal) -> PublicJWK {
        guard let json = jws.header["jwk"] else { throw .badKey }
        guard json["d"] == nil, json["k"] == nil else { throw .privateKey }
        guard let key = PublicJWK(json: json, known: known) else { throw .badKey }
        guard key.algorithm == jws.algorithm else { throw .wrongAlgorithm }
        guard jws.isSigned(by: key) else { throw .badSignature }
        return key
    }

    /// Check 10.
    private func checkNonce(_ claims: ProofClaims, _ now: Timestamp) throws(DPoPRefusal) {
        guard case .required(let issuer) = nonces else { return }
        guard let nonce = claims.nonce else { throw .nonceRequired }
        guard issuer.accepts(nonce, at: now) else { throw .wrongNonce }
    }

    /// Check 11. Both ends are inclusive.
    private func checkAge(_ claims: ProofClaims, _ now: Timestamp) throws(DPoPRefusal) {
        guard claims.iat <= now.adding(seconds: skewSeconds) else { throw .fromTheFuture }
        guard now <= claims.iat.adding(seconds: lifetimeSeconds) else { throw .stale }
    }
}

/// Check 3, and what the claims say about the request. Claims that we do not know are ignored (RFC 7519 §4).
private struct ProofClaims {
    let jti: Text
    let htm: Text
    let htu: Text
    private let made: ProofURL?
    let iat: Timestamp
    let ath: Text?
    let nonce: Text?

    init(_ payload: JSONObject) throws(DPoPRefusal) {
        let claims = ClaimReader(payload)
        guard let jti = claims.identifier("jti"), let htm = claims.identifier("htm"), let htu = claims.url("htu"),
            let iat = claims.time("iat")
        else { throw .missingClaim }
        self.jti = jti
        self.htm = htm
        self.htu = htu
        made = ProofURL(htu)
        self.iat = iat
        ath = claims.identifier("ath")
        nonce = claims.identifier("nonce")
    }

    /// Checks 8 and 9.
    func check(_ target: ProofTarget) throws(DPoPRefusal) {
        guard htm == target.method else { throw .wrongMethod }
        guard let made else { throw .wrongURL }
        // Nearly every client spells the URL as we do.
        guard made.normalised == target.url || made == ProofURL(target.url) else { throw .wrongURL }
    }

    /// The normalised URL: otherwise one proof could be used once for each spelling of its own target.
    var replayKey: Digest {
        Digest(
            domain: "countersign.dpop-jti.v1",
            ["htu": .string(made?.normalised ?? htu), "jti": .string(jti)])
    }
}
