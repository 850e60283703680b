import CanonicalEncoding
import SecretMaterial
import Testing

struct SigningKeyTests {
    @Test(arguments: SignatureAlgorithm.allCases)
    func `what a key signs its public key verifies, and no other`(algorithm: SignatureAlgorithm) throws {
        let key = SigningKey(generating: algorithm)
        let other = SigningKey(generating: algorithm)
        let message: [UInt8] = [1, 2, 3]
        let signature = try key.signature(for: message)
        #expect(signature.count == 64)
        #expect(key.publicKey.algorithm == algorithm)
        #expect(key.publicKey.isValidSignature(signature, for: message))
        #expect(!other.publicKey.isValidSignature(signature, for: message))
        #expect(key.publicKey != other.publicKey)
        #expect(key.publicKey.thumbprint != other.publicKey.thumbprint)
    }

    @Test(arguments: SignatureAlgorithm.allCases)
    func `a key comes back from its private JWK`(algorithm: SignatureAlgorithm) throws {
        let key = SigningKey(generating: algorithm)
        let again = try #require(key.privateJWK.withUnredacted { SigningKey(jwk: $0) })
        #expect(again.publicKey == key.publicKey)
        let signature = try again.signature(for: [7])
        #expect(key.publicKey.isValidSignature(signature, for: [7]))
        #expect(key.privateJWK.withUnredacted { PublicJWK(json: $0) } == nil)
    }

    @Test func `the private keys of the standards are read`() throws {
        let ed25519 = try #require(SigningKey(jwk: .object(PublishedKeys.ed25519)))
        #expect(Base64URL.encode(try ed25519.signature(for: Array(PublishedKeys.ed25519Message.utf8))).utf8.count == 86)
        let p256 = try #require(SigningKey(jwk: .object(PublishedKeys.p256)))
        #expect(p256.publicKey.thumbprint == "oKIywvGUpTVTyxMQ3bwIIeQUudfr_CkLMjCE19ECD-U")
        #expect(p256.privateJWK.withUnredacted { $0 } == .object(PublishedKeys.p256))
    }

    static let refused: [(Text, JSONValue?)] = [
        ("d", nil), ("d", ""), ("d", "AAAA"), ("d", "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"),
        // Beyond the order of the group.
        ("d", "__________________________________________8"),
        // Another key's d, x or y; a missing public member.
        ("d", "870MB6gfuTJ4HtUnUvYMyJpr5eUZNP4Bk43bVdj3eAE"), ("x", "MKBCTNIcKUSDii11ySs3526iDZ8AiTo7Tu6KPAqv7D4"),
        ("y", "4Etl6SRW2YiLUrN5vfvVHuhp7x8PxltmWWlbbM4IFyM"), ("x", nil), ("y", nil), ("kty", nil), ("crv", "Ed25519"),
        ("alg", "EdDSA"), ("use", "enc"), ("key_ops", ["verify"]), ("d", 1),
    ]

    @Test(arguments: refused)
    func `a private key whose parts do not belong together is refused`(name: Text, value: JSONValue?) {
        var jwk = PublishedKeys.p256
        jwk[name] = value
        #expect(SigningKey(jwk: .object(jwk)) == nil)
    }
}
