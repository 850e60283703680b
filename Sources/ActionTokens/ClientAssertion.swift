package import CanonicalEncoding
package import SecretMaterial

/// Why a client assertion was refused. On the wire all of them are `invalid_client` (RFC 6749 §5.2).
package enum ClientAssertionRefusal: String, Error, Hashable, Sendable, CaseIterable {
    case malformed = "assertion_malformed"
    /// `typ` is neither absent nor `JWT` nor `client-authentication+jwt`.
    case wrongType = "assertion_wrong_typ"
    /// `none`, symmetric, RSA, or not the key's.
    case wrongAlgorithm = "assertion_wrong_alg"
    /// A required claim is missing, of the wrong type or too long.
    case missingClaim = "assertion_missing_claim"
    /// `iss` and `sub` are not one client.
    case wrongSubject = "assertion_wrong_subject"
    /// No key of the client verifies the signature.
    case badSignature = "assertion_bad_signature"
    /// `aud` is not our issuer alone, as one string.
    case wrongAudience = "assertion_wrong_audience"
    case expired = "assertion_expired"
    /// `exp` is more than five minutes ahead, or `iat` as long ago.
    case livesTooLong = "assertion_lives_too_long"
    /// `iat` or `nbf` lies in the future.
    case fromTheFuture = "assertion_from_the_future"
}

/// Makes client assertions (`private_key_jwt`, RFC 7523 §2.2): the client's side.
package enum ClientAssertion {
    static let type: Text = "client-authentication+jwt"

    /// The `client_assertion_type` that goes with it.
    package static let assertionType: Text = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"

    /// An assertion that lives for a minute.
    ///
    /// - Parameters:
    ///   - issuer: the authority's issuer identifier, exactly as its metadata says it.
    ///   - unique: at least 16 random bytes for `jti`, never used before.
    package static func mint(
        clientID: Text, issuer: Text, key: SigningKey, at now: Timestamp, unique: [UInt8]
    ) throws(JWSError) -> Text {
        try CompactJWS.sign(
            header: ["typ": .string(type), "kid": .string(Text(key.publicKey.thumbprint))],
            payload: [
                "iss": .string(clientID), "sub": .string(clientID), "aud": .string(issuer),
                "iat": .integer(now.seconds), "exp": .integer(now.adding(seconds: 60).seconds),
                "jti": .string(Text(Base64URL.encode(unique))),
            ],
            with: key)
    }
}

/// A client that proved who it is. One use: insert ``replayKey`` if it is absent, keep it until ``expiresAt``.
package struct VerifiedClientAssertion: Hashable, Sendable {
    package let clientID: Text
    /// The key among the client's that signed.
    package let key: PublicJWK
    /// Digest over client and `jti` (RFC 7523 §3, 7).
    package let replayKey: Digest
    package let expiresAt: Timestamp
}

/// A client assertion that says whose it wants to be; look up that client's keys, then ``verify(keys:issuer:now:)``.
package struct UnverifiedClientAssertion: Sendable {
    /// What it claims, nothing more.
    package let claimedClientID: Text
    private let jws: CompactJWS

    /// Five minutes: what `exp` may be ahead, and what `iat` may lie behind.
    static let longestLifeSeconds: Int64 = 300
    static let skewSeconds: Int64 = 10

    package init(_ text: Text) throws(ClientAssertionRefusal) {
        let jws: CompactJWS
        do { jws = try CompactJWS(text) } catch {
            throw error == .unsupportedAlgorithm ? .wrongAlgorithm : .malformed
        }
        switch jws.header["typ"] {
        case nil, .string("JWT")?, .string(ClientAssertion.type)?: break
        case _?: throw .wrongType
        }
        let claims = ClaimReader(jws.payload)
        guard let subject = claims.identifier("sub"), let issuer = claims.identifier("iss") else {
            throw .missingClaim
        }
        guard subject == issuer else { throw .wrongSubject }
        self.jws = jws
        claimedClientID = subject
    }

    /// - Parameters:
    ///   - keys: the registered keys of ``claimedClientID`` that are in force now; none where there is no such client.
    ///   - issuer: our issuer identifier. The token endpoint's URL is no audience (draft-ietf-oauth-rfc7523bis).
    package func verify(
        keys: [PublicJWK], issuer: Text, now: Timestamp
    ) -> Result<VerifiedClientAssertion, ClientAssertionRefusal> {
        do throws(ClientAssertionRefusal) {
            guard let key = keys.first(where: { jws.isSigned(by: $0) }) else { throw .badSignature }
            // One string, and not a list with one string: what several servers accept, one can replay at another.
            guard jws.payload["aud"] == .string(issuer) else { throw .wrongAudience }
            let claims = ClaimReader(jws.payload)
            guard let expiry = claims.time("exp"), let issuedAt = claims.time("iat"),
                let identifier = claims.identifier("jti")
            else { throw .missingClaim }
            guard now < expiry else { throw .expired }
            guard expiry <= now.adding(seconds: Self.longestLifeSeconds),
                issuedAt >= now.adding(seconds: -Self.longestLifeSeconds)
            else { throw .livesTooLong }
            try checkBeginning(issuedAt, claims, now)
            return .success(
                VerifiedClientAssertion(
                    clientID: claimedClientID, key: key,
                    replayKey: Digest(
                        domain: "countersign.assertion-jti.v1",
                        ["client": .string(claimedClientID), "jti": .string(identifier)]),
                    expiresAt: expiry))
        } catch {
            return .failure(error)
        }
    }

    private func checkBeginning(
        _ issuedAt: Timestamp, _ claims: ClaimReader, _ now: Timestamp
    ) throws(ClientAssertionRefusal) {
        let latest = now.adding(seconds: Self.skewSeconds)
        guard issuedAt <= latest else { throw .fromTheFuture }
        guard jws.payload["nbf"] != nil else { return }
        guard let notBefore = claims.time("nbf") else { throw .missingClaim }
        guard notBefore <= latest else { throw .fromTheFuture }
    }
}
