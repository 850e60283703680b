import ActionTokens
import CanonicalEncoding
import SecretMaterial
import Testing

@Suite struct TokenVerifierTests {
    private let bench = TokenBench()

    private func access(_ text: Text, at now: Timestamp? = nil) -> Result<AccessTokenClaims, TokenRefusal> {
        bench.verifier.accessToken(text, now: now ?? bench.now)
    }

    private func action(_ text: Text, at now: Timestamp? = nil) -> Result<ActionTokenClaims, TokenRefusal> {
        bench.verifier.actionToken(text, audience: bench.executor, now: now ?? bench.now)
    }

    @Test(arguments: SignatureAlgorithm.allCases)
    func `both kinds of token say what was minted`(algorithm: SignatureAlgorithm) throws {
        let bench = TokenBench(algorithm)
        let access = try bench.tokenIssuer.mint(bench.accessClaims())
        #expect(try bench.verifier.accessToken(access, now: bench.now).get() == bench.accessClaims())
        let action = try bench.tokenIssuer.mint(bench.actionClaims())
        let verified = try bench.verifier.actionToken(action, audience: bench.executor, now: bench.now).get()
        #expect(verified == bench.actionClaims())
    }

    @Test func `a one-action token has exactly the claims of the contract`() throws {
        let jws = try CompactJWS(try bench.tokenIssuer.mint(bench.actionClaims()))
        #expect(jws.header["typ"] == "at+jwt")
        #expect(
            jws.payload == [
                "iss": "https://agents.example", "aud": "executor-1", "sub": "agent-1", "client_id": "agent-1",
                "iat": 1_800_000_000, "exp": 1_800_000_060, "jti": "jti-1", "txn": "txn-1",
                "cnf": ["jkt": .string(bench.agentThumbprint)], "epoch": "1",
                "authorization_details": [
                    [
                        "type": "urn:countersign:action:v1", "action": .string(Text(Digest(sha256: [1]).wire)),
                        "request": "req_1",
                    ]
                ],
            ])
    }

    @Test func `neither kind is accepted for the other`() throws {
        let accessToken = try bench.tokenIssuer.mint(bench.accessClaims(lifeSeconds: 60))
        let actionToken = try bench.tokenIssuer.mint(bench.actionClaims())
        #expect(access(actionToken).refusal == .wrongKind)
        #expect(action(accessToken).refusal == .wrongKind)
        // Each single mark of the kind is enough.
        let detail = try #require(try CompactJWS(actionToken).payload["authorization_details"])
        #expect(access(try bench.resigned(accessToken) { $0["txn"] = "t" }).refusal == .wrongKind)
        #expect(access(try bench.resigned(accessToken) { $0["authorization_details"] = detail }).refusal == .wrongKind)
        #expect(action(try bench.resigned(actionToken) { $0["txn"] = nil }).refusal == .wrongKind)
        #expect(action(try bench.resigned(actionToken) { $0["authorization_details"] = nil }).refusal == .wrongKind)
        #expect(action(try bench.resigned(actionToken) { $0["aud"] = "https://agents.example" }).refusal == .wrongKind)
    }

    @Test func `proofs and assertions are no tokens`() throws {
        let proof = try DPoPProof.mint(
            for: ProofTarget(method: "POST", url: "https://agents.example/"), binding: DPoPProof.Binding(),
            key: bench.serverKey, at: bench.now, unique: [1])
        let assertion = try ClientAssertion.mint(
            clientID: "agent-1", issuer: bench.issuer, key: bench.serverKey, at: bench.now, unique: [1])
        for text in [proof, assertion] {
            #expect(access(text).refusal == .wrongType)
            #expect(action(text).refusal == .wrongType)
        }
        let token = try bench.tokenIssuer.mint(bench.accessClaims())
        #expect(throws: ClientAssertionRefusal.wrongType) { try UnverifiedClientAssertion(token) }
    }

    static let sharedClaims: [(Text, JSONValue?, TokenRefusal?)] = [
        ("iss", nil, .missingClaim), ("iss", "https://agents.example/", .wrongIssuer), ("iss", 1, .missingClaim),
        ("sub", nil, .missingClaim), ("sub", "", .missingClaim), ("client_id", nil, .missingClaim),
        ("jti", nil, .missingClaim), ("epoch", nil, .missingClaim), ("epoch", 1, .missingClaim),
        ("iat", nil, .missingClaim), ("iat", 1_800_000_011, .fromTheFuture), ("iat", 1_800_000_010, nil),
        ("iat", "1800000000", .missingClaim), ("exp", nil, .missingClaim), ("exp", 1_800_000_000, .expired),
        ("exp", 1_799_999_999, .expired), ("exp", 1_800_000_601, .livesTooLong), ("nbf", 1_800_000_010, nil),
        ("nbf", 1_800_000_011, .fromTheFuture), ("nbf", .null, .missingClaim), ("cnf", nil, .wrongConfirmation),
        ("cnf", [:], .wrongConfirmation), ("cnf", ["jkt": ""], .wrongConfirmation),
        ("cnf", ["jkt": "a", "x5t#S256": "b"], .wrongConfirmation), ("cnf", ["jwk": [:]], .wrongConfirmation),
        ("unknown", 1, nil),
    ]

    @Test(arguments: sharedClaims)
    func `a bent claim is refused in both kinds`(name: Text, value: JSONValue?, expected: TokenRefusal?) throws {
        let accessToken = try bench.resigned(try bench.tokenIssuer.mint(bench.accessClaims(lifeSeconds: 60))) {
            $0[name] = value
        }
        let actionToken = try bench.resigned(try bench.tokenIssuer.mint(bench.actionClaims())) { $0[name] = value }
        #expect(access(accessToken).refusal == expected)
        #expect(action(actionToken).refusal == expected)
    }

    static let details: [JSONValue] = [
        .null, [], [:], ["x"],
        [["type": "urn:countersign:action:v1", "action": "sha-256:x", "request": "req_1"]],
        [["type": "urn:countersign:action:v2", "action": .string(Text(Digest(sha256: [1]).wire)), "request": "r"]],
        [["type": "urn:countersign:action:v1", "request": "req_1"]],
        [["type": "urn:countersign:action:v1", "action": .string(Text(Digest(sha256: [1]).wire))]],
        [
            [
                "type": "urn:countersign:action:v1", "action": .string(Text(Digest(sha256: [1]).wire)), "request": "r",
                "more": 1,
            ]
        ],
        [
            ["type": "urn:countersign:action:v1", "action": .string(Text(Digest(sha256: [1]).wire)), "request": "a"],
            ["type": "urn:countersign:action:v1", "action": .string(Text(Digest(sha256: [1]).wire)), "request": "b"],
        ],
    ]

    @Test(arguments: details)
    func `anything but one well-formed action is refused`(details: JSONValue) throws {
        let token = try bench.resigned(try bench.tokenIssuer.mint(bench.actionClaims())) {
            $0["authorization_details"] = details
        }
        #expect(action(token).refusal == .missingClaim)
    }

    @Test func `a token of either kind ends at its expiry to the millisecond`() throws {
        let accessToken = try bench.tokenIssuer.mint(bench.accessClaims())
        #expect(access(accessToken, at: bench.now.adding(milliseconds: 599_999)).refusal == nil)
        #expect(access(accessToken, at: bench.now.adding(milliseconds: 600_000)).refusal == .expired)
        let actionToken = try bench.tokenIssuer.mint(bench.actionClaims())
        #expect(action(actionToken, at: bench.now.adding(milliseconds: 59_999)).refusal == nil)
        #expect(action(actionToken, at: bench.now.adding(milliseconds: 60_000)).refusal == .expired)
        #expect(action(actionToken, at: bench.now.adding(milliseconds: -10_001)).refusal == .fromTheFuture)
    }

    @Test func `a one-action token is for its executor alone`() throws {
        let token = try bench.tokenIssuer.mint(bench.actionClaims())
        let other = bench.verifier.actionToken(token, audience: "executor-2", now: bench.now)
        #expect(other.refusal == .wrongAudience)
        #expect(bench.verifier.actionToken(token, uncheckedAudienceAt: bench.now).refusal == nil)
        let list = try bench.resigned(token) { $0["aud"] = ["executor-1"] }
        #expect(action(list).refusal == .missingClaim)
    }

    static let headers: [(Text, JSONValue, TokenRefusal)] = [
        ("typ", "JWT", .wrongType), ("typ", "AT+JWT", .wrongType), ("typ", .null, .wrongType),
        ("kid", "other", .unknownKey), ("kid", .null, .unknownKey),
    ]

    @Test(arguments: headers)
    func `typ and kid have to be ours`(name: Text, value: JSONValue, expected: TokenRefusal) throws {
        let token = try bench.resigned(try bench.tokenIssuer.mint(bench.actionClaims()), header: [name: value]) { _ in }
        #expect(action(token).refusal == expected)
    }

    @Test func `another key's signature under our kid is refused`() throws {
        let jws = try CompactJWS(try bench.tokenIssuer.mint(bench.actionClaims()))
        let forged = try CompactJWS.sign(header: jws.header, payload: jws.payload, with: bench.agentKey)
        #expect(action(forged).refusal == .badSignature)
        let edwards = SigningKey(generating: .ed25519)
        let crossed = try CompactJWS.sign(header: jws.header, payload: jws.payload, with: edwards)
        #expect(action(crossed).refusal == .wrongAlgorithm)
        for bad: Text in ["", "x", "a.b.c"] { #expect(action(bad).refusal == .malformed) }
    }

    @Test func `an older key of ours still verifies`() throws {
        let token = try bench.tokenIssuer.mint(bench.actionClaims())
        let verifier = TokenVerifier(
            issuer: bench.issuer, keys: [SigningKey(generating: .es256).publicKey, bench.serverKey.publicKey])
        #expect(verifier.actionToken(token, audience: bench.executor, now: bench.now).refusal == nil)
    }

    @Test func `no token is minted that lives too long, not at all, or for the authority itself`() throws {
        for life: Int64 in [301, 600, 0, -1] {
            #expect(throws: TokenIssuer.MintingError.lifeOutOfRange) {
                try bench.tokenIssuer.mint(bench.actionClaims(lifeSeconds: life))
            }
        }
        #expect(throws: TokenIssuer.MintingError.lifeOutOfRange) {
            try bench.tokenIssuer.mint(bench.accessClaims(lifeSeconds: 601))
        }
        var claims = bench.actionClaims()
        claims.audience = bench.issuer
        #expect(throws: TokenIssuer.MintingError.audienceIsIssuer) { try bench.tokenIssuer.mint(claims) }
        claims = bench.actionClaims()
        claims.token.issuer = "https://other.example"
        #expect(throws: TokenIssuer.MintingError.wrongIssuer) { try bench.tokenIssuer.mint(claims) }
    }

    @Test func `the published keys are public and named by their thumbprint`() throws {
        let document = PublishedKeys.document([bench.serverKey.publicKey])
        let key = try #require(document["keys"]?.arrayValue?.first)
        #expect(key["kid"]?.stringValue == bench.serverKey.publicKey.thumbprint)
        #expect(key["use"] == "sig" && key["alg"] == "ES256" && key["d"] == nil)
        #expect(PublicJWK(json: key) == bench.serverKey.publicKey)
    }
}
