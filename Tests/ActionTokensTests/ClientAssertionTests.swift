import ActionTokens
import CanonicalEncoding
import SecretMaterial
import Testing

@Suite struct ClientAssertionTests {
    private let bench = TokenBench()

    private func mint() throws -> Text {
        try ClientAssertion.mint(
            clientID: "agent-1", issuer: bench.issuer, key: bench.agentKey, at: bench.now,
            unique: Array(repeating: 1, count: 16))
    }

    private func refusal(_ text: Text, at now: Timestamp? = nil) -> ClientAssertionRefusal? {
        let assertion: UnverifiedClientAssertion
        do throws(ClientAssertionRefusal) { assertion = try UnverifiedClientAssertion(text) } catch { return error }
        return assertion.verify(keys: [bench.agentKey.publicKey], issuer: bench.issuer, now: now ?? bench.now).refusal
    }

    private func bent(header: (Text, JSONValue?)? = nil, claim: (Text, JSONValue?)? = nil) throws -> Text {
        let jws = try CompactJWS(try mint())
        var (newHeader, payload) = (jws.header, jws.payload)
        if let (name, value) = header { newHeader[name] = value }
        if let (name, value) = claim { payload[name] = value }
        return try TokenBench.raw(header: .object(newHeader), payload: .object(payload), bench.agentKey)
    }

    @Test func `a good assertion names the client and its key`() throws {
        let stranger = SigningKey(generating: .es256).publicKey
        let unverified = try UnverifiedClientAssertion(try mint())
        #expect(unverified.claimedClientID == "agent-1")
        let verified = try unverified.verify(
            keys: [stranger, bench.agentKey.publicKey], issuer: bench.issuer, now: bench.now
        ).get()
        #expect(verified.clientID == "agent-1")
        #expect(verified.key == bench.agentKey.publicKey)
        #expect(verified.expiresAt == bench.now.adding(seconds: 60))
    }

    static let headers: [(Text, JSONValue?, ClientAssertionRefusal?)] = [
        ("typ", nil, nil), ("typ", "JWT", nil), ("typ", "client-authentication+jwt", nil),
        ("typ", "dpop+jwt", .wrongType), ("typ", "at+jwt", .wrongType), ("typ", 1, .wrongType),
        ("alg", "none", .wrongAlgorithm), ("alg", "RS256", .wrongAlgorithm), ("alg", "HS256", .wrongAlgorithm),
        ("alg", nil, .wrongAlgorithm), ("alg", "EdDSA", .badSignature), ("crit", ["x"], .malformed), ("kid", "x", nil),
    ]

    @Test(arguments: headers)
    func `a bent header gets its answer`(name: Text, value: JSONValue?, expected: ClientAssertionRefusal?) throws {
        #expect(refusal(try bent(header: (name, value))) == expected)
    }

    static let claims: [(Text, JSONValue?, ClientAssertionRefusal?)] = [
        ("iss", nil, .missingClaim), ("iss", "agent-2", .wrongSubject), ("sub", nil, .missingClaim),
        ("sub", "agent-2", .wrongSubject), ("sub", ["agent-1"], .missingClaim),
        ("aud", nil, .wrongAudience), ("aud", "https://agents.example/oauth/token", .wrongAudience),
        ("aud", "https://agents.example/", .wrongAudience), ("aud", ["https://agents.example"], .wrongAudience),
        ("aud", ["https://agents.example", "https://b.example"], .wrongAudience),
        ("exp", nil, .missingClaim), ("exp", "1800000060", .missingClaim), ("exp", 1_800_000_000, .expired),
        ("exp", 1_799_999_999, .expired), ("exp", 1_800_000_300, nil), ("exp", 1_800_000_301, .livesTooLong),
        ("exp", 1_800_004_200, .livesTooLong), ("iat", nil, .missingClaim), ("iat", 1_800_000_010, nil),
        ("iat", 1_800_000_011, .fromTheFuture), ("iat", 1_799_999_700, nil), ("iat", 1_799_999_699, .livesTooLong),
        ("nbf", 1_800_000_010, nil), ("nbf", 1_800_000_011, .fromTheFuture), ("nbf", "x", .missingClaim),
        ("jti", nil, .missingClaim), ("jti", "", .missingClaim),
        ("jti", .string(Text(String(repeating: "x", count: 257))), .missingClaim), ("extra", 1, nil),
    ]

    @Test(arguments: claims)
    func `a bent claim gets its answer`(name: Text, value: JSONValue?, expected: ClientAssertionRefusal?) throws {
        #expect(refusal(try bent(claim: (name, value))) == expected)
    }

    @Test func `an assertion ends at its expiry to the millisecond`() throws {
        let text = try mint()
        #expect(refusal(text, at: bench.now.adding(milliseconds: 59_999)) == nil)
        #expect(refusal(text, at: bench.now.adding(milliseconds: 60_000)) == .expired)
    }

    @Test func `without a key of the client nothing verifies`() throws {
        let unverified = try UnverifiedClientAssertion(try mint())
        let stranger = SigningKey(generating: .es256).publicKey
        for keys in [[], [stranger]] {
            let answer = unverified.verify(keys: keys, issuer: bench.issuer, now: bench.now)
            #expect(answer.refusal == .badSignature)
        }
    }

    @Test func `a jti counts for one client`() throws {
        let first = try UnverifiedClientAssertion(try mint())
            .verify(keys: [bench.agentKey.publicKey], issuer: bench.issuer, now: bench.now).get()
        let other = try UnverifiedClientAssertion(
            try ClientAssertion.mint(
                clientID: "agent-2", issuer: bench.issuer, key: bench.agentKey, at: bench.now,
                unique: Array(repeating: 1, count: 16))
        ).verify(keys: [bench.agentKey.publicKey], issuer: bench.issuer, now: bench.now).get()
        #expect(first.replayKey != other.replayKey)
    }
}
