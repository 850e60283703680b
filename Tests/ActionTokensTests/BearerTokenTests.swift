import ActionTokens
import CanonicalEncoding
import SecretMaterial
import Testing

@Suite struct BearerTokenTests {
    private let bench = TokenBench()

    private var claims: BearerTokenClaims {
        BearerTokenClaims(
            token: bench.claims(), audience: "https://agents.example/mcp", allowedAt: bench.now.adding(seconds: -5))
    }

    private func bearer(_ text: Text, at now: Timestamp? = nil) -> Result<BearerTokenClaims, TokenRefusal> {
        bench.verifier.bearerToken(text, uncheckedAudienceAt: now ?? bench.now)
    }

    @Test func `a bearer token has no confirmation, names the key that got it and is for an endpoint`() throws {
        let token = try bench.tokenIssuer.mint(claims)
        #expect(
            try CompactJWS(token).payload == [
                "iss": "https://agents.example", "aud": "https://agents.example/mcp", "sub": "agent-1",
                "client_id": "agent-1", "iat": 1_800_000_000, "exp": 1_800_000_060, "jti": "jti-1", "epoch": "1",
                "client_key": .string(bench.agentThumbprint), "bearer_allowed": 1_799_999_995_000,
            ])
        #expect(try bearer(token).get() == claims)
    }

    @Test func `none of the three kinds is accepted for another`() throws {
        let access = try bench.tokenIssuer.mint(bench.accessClaims(lifeSeconds: 60))
        let action = try bench.tokenIssuer.mint(bench.actionClaims())
        let token = try bench.tokenIssuer.mint(claims)
        #expect(bearer(access).refusal == .wrongConfirmation)
        #expect(bearer(action).refusal == .wrongKind)
        #expect(bench.verifier.accessToken(token, now: bench.now).refusal == .wrongAudience)
        #expect(bench.verifier.actionToken(token, uncheckedAudienceAt: bench.now).refusal == .wrongKind)
        // Each single mark of the kind is enough.
        let everywhere = try bench.resigned(token) { $0["aud"] = "https://agents.example" }
        #expect(bearer(everywhere).refusal == .wrongKind)
        #expect(bench.verifier.accessToken(everywhere, now: bench.now).refusal == .wrongConfirmation)
        #expect(bearer(try bench.resigned(token) { $0["cnf"] = ["jkt": "a"] }).refusal == .wrongConfirmation)
        #expect(bearer(try bench.resigned(token) { $0["cnf"] = .null }).refusal == .wrongConfirmation)
        #expect(bearer(try bench.resigned(token) { $0["txn"] = "t" }).refusal == .wrongKind)
        #expect(throws: TokenIssuer.MintingError.audienceIsIssuer) {
            var wide = claims
            wide.audience = bench.issuer
            _ = try bench.tokenIssuer.mint(wide)
        }
    }

    @Test(
        arguments: [
            ("client_key", nil, .missingClaim), ("client_key", "", .missingClaim),
            ("bearer_allowed", nil, .missingClaim),
            ("bearer_allowed", "1", .missingClaim), ("aud", ["https://agents.example/mcp"], .missingClaim),
            ("exp", 1_800_000_601, .livesTooLong), ("exp", 1_800_000_000, .expired), ("iss", "x", .wrongIssuer),
            ("unknown", 1, nil),
        ] as [(Text, JSONValue?, TokenRefusal?)])
    func `a bent claim is refused`(name: Text, value: JSONValue?, expected: TokenRefusal?) throws {
        let token = try bench.resigned(try bench.tokenIssuer.mint(claims)) { $0[name] = value }
        #expect(bearer(token).refusal == expected)
    }

    @Test func `no bearer token lives longer than ten minutes`() throws {
        var long = claims
        long.token = bench.claims(lifeSeconds: 601)
        #expect(throws: TokenIssuer.MintingError.lifeOutOfRange) { _ = try bench.tokenIssuer.mint(long) }
    }
}
