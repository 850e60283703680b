import CanonicalEncoding
import SecretMaterial
import Testing

struct PublicJWKTests {
    @Test func `thumbprints are those of RFC 8037 and of an independent computation`() {
        let ed25519 = PublicJWK(json: PublishedKeys.publicKey(PublishedKeys.ed25519))
        #expect(ed25519?.thumbprint == "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k")
        let p256 = PublicJWK(json: PublishedKeys.publicKey(PublishedKeys.p256))
        #expect(p256?.thumbprint == "oKIywvGUpTVTyxMQ3bwIIeQUudfr_CkLMjCE19ECD-U")
        // RFC 7517, appendix A.1.
        let other = PublicJWK(json: [
            "kty": "EC", "crv": "P-256", "x": "MKBCTNIcKUSDii11ySs3526iDZ8AiTo7Tu6KPAqv7D4",
            "y": "4Etl6SRW2YiLUrN5vfvVHuhp7x8PxltmWWlbbM4IFyM", "use": "enc", "kid": "1",
        ])
        #expect(other == nil)
    }

    @Test func `a thumbprint covers the minimal members only`() throws {
        let plain = try #require(PublicJWK(json: PublishedKeys.publicKey(PublishedKeys.p256)))
        let adorned = try #require(
            PublicJWK(
                json: PublishedKeys.publicKey(
                    PublishedKeys.p256,
                    [
                        ("kid", "k1"), ("alg", "ES256"), ("use", "sig"), ("key_ops", ["verify"]), ("ext", true),
                        ("x5t", "z"),
                    ])))
        #expect(plain == adorned)
        #expect(plain.hashValue == adorned.hashValue)
        #expect(plain.thumbprint == adorned.thumbprint)
        #expect(adorned.json.objectValue?.members.map(\.name) == ["crv", "kty", "x", "y"])
        #expect(PublicJWK(json: adorned.json) == plain)
    }

    @Test func `published signatures verify, and only over their message`() throws {
        let cases = [
            (
                PublishedKeys.ed25519, PublishedKeys.ed25519Message, PublishedKeys.ed25519Signature,
                SignatureAlgorithm.ed25519
            ),
            (PublishedKeys.p256, PublishedKeys.p256Message, PublishedKeys.p256Signature, .es256),
        ]
        for (jwk, text, encoded, algorithm) in cases {
            let key = try #require(PublicJWK(json: PublishedKeys.publicKey(jwk)))
            let message = Array(text.utf8)
            let signature = try #require(Base64URL.decode(encoded))
            #expect(key.algorithm == algorithm)
            #expect(key.isValidSignature(signature, for: message))
            #expect(!key.isValidSignature(signature, for: message + [0]))
            #expect(!key.isValidSignature(signature, for: []))
            #expect(!key.isValidSignature(signature + [0], for: message))
            #expect(!key.isValidSignature(Array(signature.dropLast()), for: message))
            #expect(!key.isValidSignature([], for: message))
            #expect(!key.isValidSignature([UInt8](repeating: 0, count: 64), for: message))
            for index in [0, 31, 32, 63] {
                var changed = signature
                changed[index] ^= 1
                #expect(!key.isValidSignature(changed, for: message))
            }
        }
    }

    static let refusedP256: [[(Text, JSONValue?)]] = [
        [("kty", nil)], [("kty", "OKP")], [("kty", "ec")], [("kty", "RSA")], [("crv", nil)], [("crv", "P-384")],
        [("crv", "P-256K")], [("x", nil)], [("y", nil)], [("x", 1)], [("x", "")],
        // Each private member of each key type, whatever its value.
        [("d", "jpsQnnGQmL-YBIffH1136cspYG6-0iY7X1fCE9-E9LI")], [("d", nil), ("p", "")], [("q", nil), ("k", "AA")],
        [("dp", "AA")], [("dq", "AA")], [("qi", "AA")], [("oth", [])], [("priv", "AA")], [("d", .null)],
        // Padding, the other alphabet, bits left over, another length.
        [("x", "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU=")], [("y", "x/FEzRu9m36HLN/tue659LNpXW6pCyStikYjKIWI5a0")],
        [("x", "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEV")], [("x", "AAAA")],
        [("x", "AH_NzidwSfWPXYHxu5v20t7WAczNXvp7xO6z248e9FURQ")],
        // Off the curve: another point's y, zero, all ones.
        [("y", "4Etl6SRW2YiLUrN5vfvVHuhp7x8PxltmWWlbbM4IFyM")],
        [("x", "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"), ("y", "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")],
        [("x", "__________________________________________8")],
        // A purpose that is not this one.
        [("alg", "ES384")], [("alg", "Ed25519")], [("alg", "none")], [("alg", 1)], [("use", "enc")], [("use", 1)],
        [("key_ops", ["encrypt"])], [("key_ops", [])], [("key_ops", "verify")],
    ]

    @Test(arguments: refusedP256)
    func `a P-256 key that is not exactly a public signing key is refused`(changes: [(Text, JSONValue?)]) {
        #expect(PublicJWK(json: PublishedKeys.publicKey(PublishedKeys.p256)) != nil)
        #expect(PublicJWK(json: PublishedKeys.publicKey(PublishedKeys.p256, changes)) == nil)
    }

    @Test func `a coordinate keeps its leading zeros`() {
        let x = "AFVDiUrz0A7X10Cr29dclrBod7eH219w7qeLkKjXwAo"
        let key: JSONObject = [
            "kty": "EC", "crv": "P-256", "x": .string(Text(x)), "y": "u0yFo9jqKe-q-iRAaRLdhNWxTcMr9lbvbGvVil2UP5I",
        ]
        #expect(PublicJWK(json: .object(key))?.json["x"] == .string(Text(x)))
        let shortened = PublishedKeys.publicKey(key, [("x", "VUOJSvPQDtfXQKvb11yWsGh3t4fbX3Dup4uQqNfACg")])
        #expect(PublicJWK(json: shortened) == nil)
    }

    @Test(arguments: [
        "0000000000000000000000000000000000000000000000000000000000000000",
        "0100000000000000000000000000000000000000000000000000000000000000",
        "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
        "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
        "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        "ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    ])
    func `an Ed25519 key under which one signature fits many messages is refused`(hex: String) throws {
        var bytes = try #require(Hex.decode(hex))
        for _ in 0..<2 {
            let jwk: JSONValue = ["kty": "OKP", "crv": "Ed25519", "x": .string(Text(Base64URL.encode(bytes)))]
            #expect(PublicJWK(json: jwk) == nil)
            #expect(PublicJWK(ed25519: bytes) == nil)
            bytes[31] |= 0x80
        }
    }

    @Test func `an Ed25519 key of another length or curve is refused`() {
        for changes: [(Text, JSONValue?)] in [
            [("crv", "X25519")], [("crv", "Ed448")], [("kty", "EC")],
            [("x", "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHUQ")],
            [("alg", "ES256")], [("d", "AA")],
        ] {
            #expect(PublicJWK(json: PublishedKeys.publicKey(PublishedKeys.ed25519, changes)) == nil)
        }
        #expect(PublicJWK(json: PublishedKeys.publicKey(PublishedKeys.ed25519, [("alg", "EdDSA")])) != nil)
        for other: JSONValue in [nil, [], "key", 1, [:]] { #expect(PublicJWK(json: other) == nil) }
        #expect(PublicJWK(p256: [4] + [UInt8](repeating: 1, count: 64)) == nil)
    }

    @Test func `EdDSA is understood and never written`() {
        #expect(SignatureAlgorithm(rawValue: "EdDSA") == .ed25519)
        #expect(SignatureAlgorithm(rawValue: "Ed25519")?.rawValue == "Ed25519")
        #expect(SignatureAlgorithm(rawValue: "ES256") == .es256)
        for other in ["", "none", "HS256", "es256", "eddsa", "ES256 ", "RS256"] {
            #expect(SignatureAlgorithm(rawValue: other) == nil)
        }
    }
}
