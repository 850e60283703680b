import CanonicalEncoding
import Testing

struct BinaryTextTests {
    /// RFC 4648, section 10.
    static let published = [
        ("", "", ""), ("f", "Zg==", "66"), ("fo", "Zm8=", "666f"), ("foo", "Zm9v", "666f6f"),
        ("foob", "Zm9vYg==", "666f6f62"),
        ("fooba", "Zm9vYmE=", "666f6f6261"), ("foobar", "Zm9vYmFy", "666f6f626172"),
    ]

    @Test(arguments: published)
    func `the values of RFC 4648 come out`(plain: String, base64: String, hex: String) {
        let bytes = Array(plain.utf8)
        let unpadded = base64.filter { $0 != "=" }
        #expect(Base64.encode(bytes) == base64)
        #expect(Base64.decode(base64) == bytes)
        #expect(Base64URL.encode(bytes) == unpadded)
        #expect(Base64URL.decode(unpadded) == bytes)
        #expect(Hex.encode(bytes) == hex)
        #expect(Hex.decode(hex) == bytes)
    }

    @Test func `every length comes back`() {
        let all = (0..<512).map { UInt8(truncatingIfNeeded: $0 &* 151 &+ 7) }
        for count in 0...130 {
            let bytes = Array(all.prefix(count))
            #expect(Base64.decode(Base64.encode(bytes)) == bytes)
            #expect(Base64URL.decode(Base64URL.encode(bytes)) == bytes)
            #expect(CrockfordBase32.decode(CrockfordBase32.encode(bytes)) == bytes)
            #expect(Hex.decode(Hex.encode(bytes)) == bytes)
        }
    }

    @Test func `no two spellings of base64 mean the same bytes`() {
        let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_+/= \n".unicodeScalars)
        for first in alphabet {
            for second in alphabet {
                let text = String(String.UnicodeScalarView([first, second]))
                if let bytes = Base64URL.decode(text) { #expect(Base64URL.encode(bytes) == text) }
                if let bytes = Base64.decode(text + "==") { #expect(Base64.encode(bytes) == text + "==") }
                let three = text + "A"
                if let bytes = Base64URL.decode(three) { #expect(Base64URL.encode(bytes) == three) }
            }
        }
    }

    @Test(arguments: ["QR", "QQ==", "QQ=", "Q", "QQQQQ", "Q+", "Q/", "Q Q", "QQ\n", "ＱＱ", "Zm9", "é", "\u{0}\u{0}"])
    func `a spelling that base64url would not write is refused`(text: String) {
        #expect(Base64URL.decode(text) == nil)
    }

    @Test(arguments: [
        "QR==", "QQ", "QQ=", "QQ===", "=QQ=", "====", "==", "Zm9=", "Zm9v\n", "Zm-v", "Zm_v", "Zg==Zg==", "QQ===",
    ])
    func `a spelling that base64 would not write is refused`(text: String) {
        #expect(Base64.decode(text) == nil)
    }

    @Test func `hexadecimal takes both cases and nothing else`() {
        #expect(Hex.decode("aAbB09") == [0xAA, 0xBB, 0x09])
        for wrong in ["a", "0g", "0x", " 0", "00 ", "é", "／0"] { #expect(Hex.decode(wrong) == nil) }
    }

    @Test func `Crockford's alphabet leaves out what people confuse`() {
        #expect(CrockfordBase32.encode([0xFF]) == "zw")
        #expect(
            CrockfordBase32.encode([0, 0x44, 0x32, 0x14, 0xC7, 0x42, 0x54, 0xB6, 0x35, 0xCF]) == "0123456789abcdef")
        #expect(CrockfordBase32.encode([UInt8](repeating: 0xFF, count: 16)).utf8.count == 26)
        for wrong in ["ZW", "zx", "z", "iw", "lw", "ow", "uw", "zzz", "zw-", "zw ", "zwé", "000000000"] {
            #expect(CrockfordBase32.decode(wrong) == nil, "\(wrong)")
        }
    }
}
