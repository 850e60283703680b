package import CanonicalEncoding
package import SecretMaterial

/// The request that a proof is for.
package struct ProofTarget: Hashable, Sendable {
    /// As sent: methods are case-sensitive.
    package let method: Text
    /// The absolute URL. On the server: the configured public URL and the path, never what a header says.
    package let url: Text

    package init(method: Text, url: Text) {
        self.method = method
        self.url = url
    }
}

/// Makes DPoP proofs (RFC 9449 §4.2): the client's side.
package enum DPoPProof {
    static let type: Text = "dpop+jwt"

    /// What a proof is bound to beside the request.
    package struct Binding: Sendable {
        /// The access token that goes with the request; nil at the token endpoint.
        package var accessToken: Text?
        /// The newest nonce of that server.
        package var nonce: Text?

        package init(accessToken: Text? = nil, nonce: Text? = nil) {
            self.accessToken = accessToken
            self.nonce = nonce
        }
    }

    /// - Parameter unique: at least 16 random bytes for `jti`, never used before.
    package static func mint(
        for target: ProofTarget, binding: Binding, key: SigningKey, at now: Timestamp, unique: [UInt8]
    ) throws(JWSError) -> Text {
        let htu = ProofURL(target.url)?.normalised ?? target.url
        var payload: JSONObject = [
            "jti": .string(Text(Base64URL.encode(unique))),
            "htm": .string(target.method),
            "htu": .string(htu),
            "iat": .integer(now.seconds),
        ]
        payload["ath"] = binding.accessToken.map { .string(tokenHash($0)) }
        payload["nonce"] = binding.nonce.map { .string($0) }
        return try CompactJWS.sign(
            header: ["typ": .string(type), "jwk": key.publicKey.json], payload: payload, with: key)
    }

    /// `ath`: base64url of SHA-256 over the token's ASCII (§4.2).
    static func tokenHash(_ token: Text) -> Text {
        Text(Base64URL.encode(Digest(sha256: token.utf8).bytes))
    }
}
