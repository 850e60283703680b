import CanonicalEncoding
import Testing

struct DigestTests {
    @Test func `a digest is SHA-256 of domain, zero byte and canonical JSON`() throws {
        let value = try JSONReader.read(#" { "b" : [1.0, "\u00e9"], "a" : null } "#)
        let expected = Digest(sha256: Array("countersign.action.v1\u{0}{\"a\":null,\"b\":[1,\"é\"]}".utf8))
        #expect(Digest(domain: "countersign.action.v1", value) == expected)
        #expect(Digest(domain: "countersign.vote.v1", value) != expected)
    }

    @Test func `the digest of nothing is the published one`() {
        let empty = Digest(sha256: [])
        #expect(Hex.encode(empty.bytes) == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")
        #expect(empty.wire == "sha-256:47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU")
        #expect(Digest(wire: empty.wire) == empty)
        #expect("\(empty)" == empty.wire)
    }

    @Test(arguments: [
        "", "sha-256:", "47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU",
        "SHA-256:47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU",
        "sha256:47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU", "sha-256:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU",
        "sha-256:47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU=", "sha-256:47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFV",
        "sha-256:47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuF", "sha-256:47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFUAA",
        "sha-256:47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU\n", " sha-256:47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU",
    ])
    func `any other spelling of a digest is refused`(wire: String) {
        #expect(Digest(wire: wire) == nil)
    }

    @Test(arguments: [0, 31, 33])
    func `a digest has 32 bytes`(count: Int) {
        #expect(Digest(bytes: [UInt8](repeating: 1, count: count)) == nil)
        #expect(Digest(bytes: [UInt8](repeating: 1, count: 32)) != nil)
    }
}
