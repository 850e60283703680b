import ActionTokens
import CanonicalEncoding
import SecretMaterial
import Testing

/// One bent proof, and what must be said about it: the negative list of the FAPI 2 conformance suite, and more.
struct ProofFault: Sendable, CustomTestStringConvertible {
    let name: String
    let refusal: DPoPRefusal?
    let bend: @Sendable (inout JSONObject, inout JSONObject) -> Void
    var testDescription: String { name }

    private static func header(_ name: Text, _ value: JSONValue?, _ refusal: DPoPRefusal?) -> ProofFault {
        ProofFault(name: "header \(name): \(String(describing: value))", refusal: refusal) { header, _ in
            header[name] = value
        }
    }

    private static func claim(_ name: Text, _ value: JSONValue?, _ refusal: DPoPRefusal?) -> ProofFault {
        ProofFault(name: "\(name): \(String(describing: value))", refusal: refusal) { _, claims in
            claims[name] = value
        }
    }

    private static let longText = JSONValue.string(Text(String(repeating: "x", count: 257)))
    private static let other = SigningKey(generating: .es256).publicKey.json

    static let headers: [ProofFault] = [
        header("typ", nil, .wrongType), header("typ", "JWT", .wrongType), header("typ", "dpop", .wrongType),
        header("typ", "DPoP+JWT", .wrongType), header("typ", 1, .wrongType),
        header("alg", nil, .wrongAlgorithm), header("alg", "none", .wrongAlgorithm),
        header("alg", "RS256", .wrongAlgorithm), header("alg", "HS256", .wrongAlgorithm),
        header("alg", "Ed25519", .wrongAlgorithm), header("jwk", nil, .badKey), header("jwk", [:], .badKey),
        header("jwk", ["kty": "oct", "k": "AAAA"], .privateKey), header("jwk", ["kty": "RSA", "n": "AQ"], .badKey),
        header("jwk", other, .badSignature), header("crit", ["x"], .malformed), header("kid", "x", nil),
    ]

    static let claims: [ProofFault] = [
        claim("jti", nil, .missingClaim), claim("jti", "", .missingClaim), claim("jti", 1, .missingClaim),
        claim("jti", longText, .missingClaim),
        claim("htm", nil, .missingClaim), claim("htm", "GET", .wrongMethod), claim("htm", "post", .wrongMethod),
        claim("htu", nil, .missingClaim), claim("htu", "https://other.example/v1/requests", .wrongURL),
        claim("htu", "https://agents.example/v1/claims", .wrongURL),
        claim("htu", "https://agents.example/v1/requests/", .wrongURL),
        claim("htu", "http://agents.example/v1/requests", .wrongURL),
        claim("htu", "https://agents.example:444/v1/requests", .wrongURL),
        claim("htu", "https://agents.example/V1/requests", .wrongURL),
        claim("htu", "https://agents.example@evil.example/v1/requests", .wrongURL),
        claim("htu", "/v1/requests", .wrongURL), claim("htu", "x", .wrongURL),
        claim("htu", "https://agents.example/v1/requests?a=b", nil),
        claim("htu", "https://agents.example/v1/requests#f", nil),
        claim("htu", "HTTPS://AGENTS.example:443/v1/requests", nil),
        claim("htu", "https://agents.example/%761/requests", nil),
        claim("iat", nil, .missingClaim), claim("iat", "1800000000", .missingClaim), claim("iat", -1, .missingClaim),
        claim("iat", 1_800_003_600, .fromTheFuture), claim("iat", 1_799_996_400, .stale),
        claim("iat", 9_223_372_036_854_775_807, .missingClaim),
        claim("iat", 1_800_000_010, nil), claim("iat", 1_799_999_990, nil), claim("iat", .double(1_800_000_000.5), nil),
        claim("ath", nil, .missingClaim), claim("ath", "AAAA", .wrongTokenHash),
        claim("nonce", nil, .nonceRequired), claim("nonce", "AAAA", .wrongNonce), claim("nonce", 1, .nonceRequired),
        claim("extra", ["a": 1], nil), claim("exp", 1, nil),
    ]
}

@Suite struct DPoPVerifierTests {
    private let bench = TokenBench()
    private let token: Text = "token-of-an-agent"
    private let target = ProofTarget(method: "POST", url: "https://agents.example/v1/requests")

    private func issuer() throws -> NonceIssuer {
        try #require(NonceIssuer(key: Secret(Array(repeating: 3, count: 32))))
    }

    private func mint(nonce: Text?, unique: UInt8 = 1) throws -> Text {
        try DPoPProof.mint(
            for: target, binding: DPoPProof.Binding(accessToken: token, nonce: nonce), key: bench.agentKey,
            at: bench.now, unique: Array(repeating: unique, count: 16))
    }

    private func verify(_ values: [Text], at now: Timestamp? = nil) throws -> Result<VerifiedProof, DPoPRefusal> {
        DPoPVerifier(nonces: .required(try issuer())).verify(
            values, for: target, boundTo: ProofBinding(accessToken: token, keyThumbprint: bench.agentThumbprint),
            now: now ?? bench.now)
    }

    private func bent(_ fault: ProofFault) throws -> Text {
        let jws = try CompactJWS(try mint(nonce: try issuer().nonce(at: bench.now)))
        var (header, claims) = (jws.header, jws.payload)
        fault.bend(&header, &claims)
        return try TokenBench.raw(header: .object(header), payload: .object(claims), bench.agentKey)
    }

    @Test func `a good proof is verified and names its key`() throws {
        let proof = try verify([try mint(nonce: try issuer().nonce(at: bench.now))]).get()
        #expect(proof.thumbprint == bench.agentThumbprint)
        #expect(proof.key == bench.agentKey.publicKey)
        #expect(proof.expiresAt == bench.now.adding(milliseconds: 60_001))
    }

    @Test(arguments: ProofFault.headers + ProofFault.claims)
    func `a bent proof gets the answer of its fault`(fault: ProofFault) throws {
        #expect(try verify([try bent(fault)]).refusal == fault.refusal)
    }

    @Test func `no proof, two proofs and no JWT are refused`() throws {
        let good = try mint(nonce: try issuer().nonce(at: bench.now))
        #expect(try verify([]).refusal == .missing)
        #expect(try verify([good, good]).refusal == .several)
        #expect(try verify([Text("\(good),\(good)")]).refusal == .malformed)
        for bad: Text in ["", "x", "a.b", "a.b.c"] { #expect(try verify([bad]).refusal == .malformed) }
    }

    @Test func `a private key in the header is refused as such`() throws {
        let jws = try CompactJWS(try mint(nonce: try issuer().nonce(at: bench.now)))
        var header = jws.header
        header["jwk"] = bench.agentKey.privateJWK.withUnredacted { $0 }
        let text = try TokenBench.raw(header: .object(header), payload: .object(jws.payload), bench.agentKey)
        #expect(try verify([text]).refusal == .privateKey)
    }

    @Test func `a bad signature is refused`() throws {
        let good = Array(try mint(nonce: try issuer().nonce(at: bench.now)).utf8)
        let dot = try #require(good.lastIndex(of: UInt8(ascii: ".")))
        for position in (dot + 1)..<(good.count - 1) {
            var bent = good
            bent[position] = bent[position] == UInt8(ascii: "A") ? UInt8(ascii: "B") : UInt8(ascii: "A")
            #expect(try verify([try #require(Text(utf8: bent))]).refusal == .badSignature)
        }
    }

    @Test func `a key that is known already saves its parsing and nothing else`() throws {
        let nonce = try issuer().nonce(at: bench.now)
        var binding = ProofBinding(accessToken: token, keyThumbprint: bench.agentThumbprint)
        binding.key = bench.agentKey.publicKey
        let verifier = DPoPVerifier(nonces: .required(try issuer()))
        let good = try mint(nonce: nonce)
        #expect(try verifier.verify([good], for: target, boundTo: binding, now: bench.now).get().key == binding.key)
        let stranger = try DPoPProof.mint(
            for: target, binding: DPoPProof.Binding(accessToken: token, nonce: nonce),
            key: SigningKey(generating: .es256), at: bench.now, unique: Array(repeating: 1, count: 16))
        #expect(verifier.verify([stranger], for: target, boundTo: binding, now: bench.now).refusal == .wrongKey)
        let parts = good.string.split(separator: ".")
        let forged = Text("\(parts[0]).\(parts[1]).\(stranger.string.split(separator: ".")[2])")
        #expect(verifier.verify([forged], for: target, boundTo: binding, now: bench.now).refusal == .badSignature)
    }

    @Test func `the token's own key is the only one that proves possession of it`() throws {
        let stranger = SigningKey(generating: .es256)
        let text = try DPoPProof.mint(
            for: target,
            binding: DPoPProof.Binding(accessToken: token, nonce: try issuer().nonce(at: bench.now)), key: stranger,
            at: bench.now, unique: Array(repeating: 1, count: 16))
        #expect(try verify([text]).refusal == .wrongKey)
    }

    @Test(arguments: [
        (-10_001 as Int64, DPoPRefusal.fromTheFuture), (-10_000, nil), (0, nil), (60_000, nil), (60_001, .stale),
    ])
    func `a proof lives from ten seconds before to sixty after, to the millisecond`(
        offset: Int64, refusal: DPoPRefusal?
    ) throws {
        let policyless = DPoPVerifier(nonces: .notRequired)
        let answer = policyless.verify(
            [try mint(nonce: nil)], for: target,
            boundTo: ProofBinding(accessToken: token, keyThumbprint: bench.agentThumbprint),
            now: bench.now.adding(milliseconds: offset))
        #expect(answer.refusal == refusal)
    }

    @Test func `at the token endpoint neither ath nor a key is asked for`() throws {
        let text = try DPoPProof.mint(
            for: target, binding: DPoPProof.Binding(), key: bench.agentKey, at: bench.now,
            unique: Array(repeating: 1, count: 16))
        let answer = DPoPVerifier(nonces: .notRequired).verify(
            [text], for: target, boundTo: nil, now: bench.now)
        #expect(try answer.get().thumbprint == bench.agentThumbprint)
    }

    @Test func `the replay key is the same for every spelling of a proof's own URL, and another for another jti`()
        throws
    {
        let nonce = try issuer().nonce(at: bench.now)
        let first = try verify([try mint(nonce: nonce)]).get()
        let again = try verify([try mint(nonce: nonce)]).get()
        let other = try verify([try mint(nonce: nonce, unique: 2)]).get()
        let respelt = ProofFault(name: "", refusal: nil) { _, claims in
            claims["htu"] = "HTTPS://agents.EXAMPLE:443/v1/requests?x"
        }
        #expect(first.replayKey == again.replayKey)
        #expect(first.replayKey == (try verify([try bent(respelt)]).get().replayKey))
        #expect(first.replayKey != other.replayKey)
    }

    @Test func `only a matter of nonces asks the client to try again`() {
        let retried = DPoPRefusal.allCases.filter { $0.oauthError == "use_dpop_nonce" }
        #expect(retried == [.nonceRequired, .wrongNonce])
    }

    @Test(arguments: SignatureAlgorithm.allCases)
    func `both algorithms prove possession`(algorithm: SignatureAlgorithm) throws {
        let key = SigningKey(generating: algorithm)
        let text = try DPoPProof.mint(
            for: target, binding: DPoPProof.Binding(), key: key, at: bench.now, unique: Array(repeating: 1, count: 16))
        let answer = DPoPVerifier(nonces: .notRequired).verify(
            [text], for: target, boundTo: nil, now: bench.now)
        #expect(try answer.get().key == key.publicKey)
    }
}
