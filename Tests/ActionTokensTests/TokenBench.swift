import ActionTokens
import CanonicalEncoding
import SecretMaterial

/// Keys, times and names that the tests of tokens share, and a way to sign what no honest minter would.
struct TokenBench {
    let issuer: Text = "https://agents.example"
    let executor: Text = "executor-1"
    let now = Timestamp(seconds: 1_800_000_000)
    let serverKey: SigningKey
    let agentKey: SigningKey

    init(_ algorithm: SignatureAlgorithm = .es256) {
        serverKey = SigningKey(generating: algorithm)
        agentKey = SigningKey(generating: algorithm)
    }

    var agentThumbprint: Text { Text(agentKey.publicKey.thumbprint) }

    var tokenIssuer: TokenIssuer { TokenIssuer(issuer: issuer, key: serverKey) }
    var verifier: TokenVerifier { TokenVerifier(issuer: issuer, keys: [serverKey.publicKey]) }

    func claims(lifeSeconds: Int64 = 60) -> TokenClaims {
        TokenClaims(
            issuer: issuer, subject: ("agent-1", "agent-1"),
            life: TokenLife(issuedAt: now, expiresAt: now.adding(seconds: lifeSeconds), tokenID: "jti-1"),
            keyThumbprint: agentThumbprint, epoch: "1")
    }

    func accessClaims(lifeSeconds: Int64 = 600) -> AccessTokenClaims {
        AccessTokenClaims(token: claims(lifeSeconds: lifeSeconds))
    }

    func actionClaims(lifeSeconds: Int64 = 60) -> ActionTokenClaims {
        ActionTokenClaims(
            token: claims(lifeSeconds: lifeSeconds), audience: executor, txn: "txn-1", action: Digest(sha256: [1]),
            request: "req_1")
    }

    /// The same token with header or claims bent, signed again by the server's own key.
    func resigned(_ token: Text, header: JSONObject = [:], _ bend: (inout JSONObject) -> Void) throws -> Text {
        let jws = try CompactJWS(token)
        var newHeader = jws.header
        for member in header.members { newHeader[member.name] = member.value.isNull ? nil : member.value }
        var payload = jws.payload
        bend(&payload)
        return try CompactJWS.sign(header: newHeader, payload: payload, with: serverKey)
    }

    static func encoded(_ json: JSONValue) -> String { Base64URL.encode(CanonicalJSON.encode(json)) }

    /// A JWS with any header, signed by the key over exactly these parts.
    static func raw(header: JSONValue, payload: JSONValue, _ key: SigningKey) throws -> Text {
        let input = encoded(header) + "." + encoded(payload)
        return Text(input + "." + Base64URL.encode(try key.signature(for: Array(input.utf8))))
    }
}

extension Result {
    /// The refusal, nil on success.
    var refusal: Failure? { if case .failure(let failure) = self { failure } else { nil } }
}
