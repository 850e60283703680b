import ActionTokens
import CanonicalEncoding
import SecretMaterial
import Testing

@Suite struct CompactJWSTests {
    private func refusal(_ text: Text) -> JWSError? {
        do throws(JWSError) {
            _ = try CompactJWS(text)
            return nil
        } catch {
            return error
        }
    }

    @Test(arguments: SignatureAlgorithm.allCases)
    func `what was signed is read and verifies with that key alone`(algorithm: SignatureAlgorithm) throws {
        let key = SigningKey(generating: algorithm)
        let jws = try CompactJWS(CompactJWS.sign(header: ["typ": "x"], payload: ["a": 1], with: key))
        #expect(jws.header["alg"]?.stringValue == algorithm.rawValue)
        #expect(jws.payload == ["a": 1])
        #expect(jws.isSigned(by: key.publicKey))
        for other in SignatureAlgorithm.allCases {
            #expect(!jws.isSigned(by: SigningKey(generating: other).publicKey))
        }
    }

    @Test func `EdDSA is read as Ed25519, and never with a key of another kind`() throws {
        let key = SigningKey(generating: .ed25519)
        let jws = try CompactJWS(try TokenBench.raw(header: ["alg": "EdDSA"], payload: [:], key))
        #expect(jws.isSigned(by: key.publicKey))
        let lying = try TokenBench.raw(header: ["alg": "ES256"], payload: [:], key)
        #expect(!(try CompactJWS(lying)).isSigned(by: key.publicKey))
    }

    @Test(arguments: ["none", "None", "HS256", "RS256", "PS256", "ES384", "es256", "ES256 ", ""])
    func `any other algorithm is unsupported`(name: String) throws {
        let key = SigningKey(generating: .es256)
        let text = try TokenBench.raw(header: ["alg": .string(Text(name))], payload: [:], key)
        #expect(refusal(text) == .unsupportedAlgorithm)
    }

    @Test func `crit is refused whatever it names`() throws {
        let key = SigningKey(generating: .es256)
        for crit: JSONValue in [["b64"], [], ["x"], .null] {
            let text = try TokenBench.raw(header: ["alg": "ES256", "crit": crit], payload: [:], key)
            #expect(refusal(text) == .criticalExtension)
        }
    }

    @Test func `every other form than three parts of canonical base64url is malformed`() throws {
        let key = SigningKey(generating: .es256)
        let good = try CompactJWS.sign(header: [:], payload: ["a": 1], with: key).string
        let parts = good.split(separator: ".").map(String.init)
        let duplicated = Base64URL.encode(Array(#"{"alg":"ES256","\u0061lg":"ES256"}"#.utf8))
        let bad = [
            "", ".", "..", parts[0], "\(parts[0]).\(parts[1])", good + ".", "." + good, good + ".x", good + "=",
            good + "\n", " " + good, "\(parts[0])..\(parts[2])", "\(parts[0])=.\(parts[1]).\(parts[2])",
            "\(parts[0]).\(parts[1]).+/", "\(duplicated).\(parts[1]).\(parts[2])",
            "\(parts[0]).\(Base64URL.encode(Array("[]".utf8))).\(parts[2])",
            "\(parts[0]).\(Base64URL.encode(Array("{} {}".utf8))).\(parts[2])", "é.é.é",
        ]
        for text in bad { #expect(refusal(Text(text)) == .malformed, "\(text)") }
        #expect(refusal(Text(good)) == nil)
    }

    @Test func `8 KiB are read and one byte more is not`() throws {
        let key = SigningKey(generating: .es256)
        func token(_ count: Int) throws -> Text {
            try CompactJWS.sign(
                header: [:], payload: ["a": .string(Text(String(repeating: "x", count: count)))], with: key)
        }
        var count = 6_000
        while try token(count + 1).utf8.count <= CompactJWS.byteLimit { count += 1 }
        #expect(refusal(try token(count)) == nil)
        #expect(refusal(try token(count + 1)) == .tooLarge)
    }

    @Test(arguments: SignatureAlgorithm.allCases)
    func `no bit of a signed text can be changed`(algorithm: SignatureAlgorithm) throws {
        let key = SigningKey(generating: algorithm)
        let good = Array(try CompactJWS.sign(header: ["typ": "x"], payload: ["a": 1], with: key).utf8)
        for position in good.indices {
            for bit in 0..<7 {
                var bent = good
                bent[position] ^= 1 << bit
                let jws = Text(utf8: bent).flatMap { try? CompactJWS($0) }
                #expect(jws?.isSigned(by: key.publicKey) != true)
            }
        }
    }
}
