import CanonicalEncoding
import PasskeyCeremonies
import Testing

@Suite struct PasskeyPublicKeyTests {
    /// A P-256 COSE key of the software authenticator, 77 bytes: map(5), kty, alg, crv, x, y.
    private func key() throws -> [UInt8] {
        var bench = CeremonyBench()
        return try bench.enrol().publicKey.coseBytes
    }

    private func code(_ cose: [UInt8]) -> CeremonyError.Code? {
        do throws(CeremonyError) {
            _ = try PasskeyPublicKey(cose: cose)
            return nil
        } catch {
            return error.code
        }
    }

    @Test func `a key on its curve is taken and kept byte for byte`() throws {
        let cose = try key()
        #expect(cose.count == 77)
        #expect(try PasskeyPublicKey(cose: cose).coseBytes == cose)
        #expect(try PasskeyPublicKey(cose: cose).algorithm == .es256)
    }

    @Test func `a key cut short, followed by something or off its curve is malformed`() throws {
        let cose = try key()
        for length in 0..<cose.count { #expect(code(Array(cose.prefix(length))) == .malformed) }
        #expect(code(cose + [0]) == .malformed)
        var off = cose
        off[cose.count - 1] ^= 1
        #expect(code(off) == .malformed)
    }

    @Test(arguments: [
        // map(5), 1: kty, 3: alg, -1: crv; bytes 2, 4 and 6 are the values.
        (2, 0x01 as UInt8, CeremonyError.Code.malformed), (2, 0x03, .malformed), (4, 0x27, .malformed),
        (4, 0x25, .unsupportedAlgorithm), (4, 0x07, .unsupportedAlgorithm), (6, 0x02, .malformed),
        (6, 0x06, .malformed), (1, 0x02, .malformed),
    ])
    func `kty, alg and curve have to fit each other`(position: Int, value: UInt8, expected: CeremonyError.Code) throws {
        var cose = try key()
        cose[position] = value
        #expect(code(cose) == expected)
    }

    @Test func `a private part is refused`() throws {
        var cose = try key()
        cose[0] = 0xA6
        #expect(code(cose + [0x23, 0x41, 0x01]) == .malformed)
    }

    /// kty 3, alg -257, n, e.
    private func rsa(modulus: [UInt8], exponent: [UInt8]) -> [UInt8] {
        let length = [UInt8(modulus.count >> 8), UInt8(modulus.count & 0xFF)]
        return [0xA4, 0x01, 0x03, 0x03, 0x39, 0x01, 0x00, 0x20, 0x59] + length + modulus
            + [0x21, 0x40 | UInt8(exponent.count)] + exponent
    }

    @Test func `RSA has 2048 to 4096 bits and an odd exponent`() {
        func modulus(_ count: Int, first: UInt8 = 0xC5) -> [UInt8] {
            [first] + Array(repeating: 0x5B, count: count - 1)
        }
        let exponent: [UInt8] = [1, 0, 1]
        #expect(code(rsa(modulus: modulus(256), exponent: exponent)) == nil)
        #expect(code(rsa(modulus: modulus(512), exponent: exponent)) == nil)
        #expect(code(rsa(modulus: [0] + modulus(256), exponent: exponent)) == .malformed)
        #expect(code(rsa(modulus: modulus(256, first: 0x45), exponent: exponent)) == .malformed)
        for bad in [modulus(513), modulus(1024)] { #expect(code(rsa(modulus: bad, exponent: exponent)) == .malformed) }
        for bad: [UInt8] in [[], [1], [2], [0, 3], [1, 0, 0, 0, 1]] {
            #expect(code(rsa(modulus: modulus(256), exponent: bad)) == .malformed)
        }
    }

    @Test func `Ed25519 is taken under both of its numbers and Ed448 under none`() {
        // The base point's y of RFC 8032, an encoding that is certainly on the curve.
        let point: [UInt8] = [0x58] + Array(repeating: 0x66, count: 31)
        func okp(_ algorithm: [UInt8], curve: UInt8 = 6) -> [UInt8] {
            [0xA4, 0x01, 0x01, 0x03] + algorithm + [0x20, curve, 0x21, 0x58, 0x20] + point
        }
        #expect(code(okp([0x27])) == nil)
        #expect(code(okp([0x32])) == nil)
        #expect(code(okp([0x38, 0x34])) == .unsupportedAlgorithm)
        #expect(code(okp([0x27], curve: 7)) == .malformed)
    }
}
