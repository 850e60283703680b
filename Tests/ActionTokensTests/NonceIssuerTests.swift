import ActionTokens
import CanonicalEncoding
import SecretMaterial
import Testing

@Suite struct NonceIssuerTests {
    private let slotStart = Timestamp(seconds: 1_800_000_000)

    private func issuer(_ byte: UInt8 = 3) throws -> NonceIssuer {
        try #require(NonceIssuer(key: Secret(Array(repeating: byte, count: 32))))
    }

    @Test(arguments: [
        (-1 as Int64, false), (0, true), (29_999, true), (300_000, true), (329_999, true), (330_000, false),
    ])
    func `a nonce is good for its slot of thirty seconds and the ten after it`(offset: Int64, isGood: Bool) throws {
        let issuer = try issuer()
        let nonce = issuer.nonce(at: slotStart)
        #expect(issuer.accepts(nonce, at: slotStart.adding(milliseconds: offset)) == isGood)
    }

    @Test func `the nonce stays within a slot and changes with it`() throws {
        let issuer = try issuer()
        let nonce = issuer.nonce(at: slotStart)
        #expect(issuer.nonce(at: slotStart.adding(milliseconds: 29_999)) == nonce)
        #expect(issuer.nonce(at: slotStart.adding(milliseconds: 30_000)) != nonce)
    }

    @Test func `another key's nonce and any changed byte are refused`() throws {
        let issuer = try issuer()
        let nonce = issuer.nonce(at: slotStart)
        #expect(!issuer.accepts(try self.issuer(4).nonce(at: slotStart), at: slotStart))
        let bytes = try #require(Base64URL.decode(nonce.string))
        for bit in 0..<(bytes.count * 8) {
            var bent = bytes
            bent[bit / 8] ^= 1 << (bit % 8)
            #expect(!issuer.accepts(Text(Base64URL.encode(bent)), at: slotStart))
        }
        for bad: Text in ["", "x", Text(String(nonce.string.dropLast())), "\(nonce)A", "\(nonce)="] {
            #expect(!issuer.accepts(bad, at: slotStart))
        }
    }

    @Test func `a key of fewer than 32 bytes makes no issuer, and none prints its key`() throws {
        #expect(NonceIssuer(key: Secret(Array(repeating: 3, count: 31))) == nil)
        #expect(String(reflecting: try issuer()).contains("redacted"))
    }
}
