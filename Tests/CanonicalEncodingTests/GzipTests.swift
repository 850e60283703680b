import CanonicalEncoding
import Testing

@Suite struct GzipTests {
    private static let text = "one line\nanother line, another line\n"
    private static let packed = "cbcf4b55c8c9cc4be54acccb2fc9482d0273741490795c00f71ee3aa24000000"

    /// The same text in the ways in which a file can be packed; made with zlib.
    static let files: [(name: String, hex: String)] = [
        ("fixed codes", "1f8b0800000000000203\(packed)"),
        ("with a name", "1f8b08080000000002ff6e616d652e74787400\(packed)"),
        (
            "stored",
            "1f8b0800000000000403012400dbff6f6e65206c696e650a616e6f74686572206c696e652c20616e6f74686572206c696e650a"
                + "f71ee3aa24000000"
        ),
    ]

    private static func bytes(_ hex: String) -> [UInt8] { Hex.decode(hex) ?? [] }

    @Test(arguments: files)
    func `packed text comes back`(name: String, hex: String) throws {
        #expect(try Gzip.unpack(Self.bytes(hex), limit: 1000) == Array(Self.text.utf8))
    }

    @Test func `two members are one text`() throws {
        let both = Self.bytes(Self.files[0].hex) + Self.bytes(Self.files[2].hex)
        #expect(try Gzip.unpack(both, limit: 1000) == Array((Self.text + Self.text).utf8))
    }

    @Test func `codes of the stream itself are read`() throws {
        let hex =
            "1f8b08000000000002031d50c911002108fb53455a0b57e8bf828d3b8e382ab968a0161748f006dd079ca23a0a626481c33948c2d526eb"
            + "7a423182b070e90d0ec22c40460766322f2e37551c2909f0359bde6499beb60653dcdd92cc1e780e308a9ef7857d086f1333626fc3f823"
            + "18dc093bc596971fe70944993ca6b7eccd0abbd157e98a9b76432f6a36fc837a0226d4cb4055f3fe1cf4142cdc89c9a62102799ec07438"
            + "82885ccb1cb7dd93d50e6088386d3b3e6fc962328fce72b697ab10666d4c6f944a38f439ac4c296edc3a3fbbad9c6ad50748bc43469001"
            + "0000"
        let text = try Gzip.unpack(Self.bytes(hex), limit: 1000)
        #expect(text.count == 400)
        #expect(text.starts(with: "d  cf h\n b ahe ddh".utf8))
    }

    @Test func `no damage goes unnoticed, and none crashes`() {
        let whole = Self.bytes(Self.files[0].hex)
        for length in whole.indices {
            #expect(throws: GzipError.self) { try Gzip.unpack(Array(whole[..<length]), limit: 1000) }
        }
        // The bytes of the header behind the method say nothing about the text.
        for index in whole.indices where !(4..<10).contains(index) {
            for bit in 0..<8 {
                var damaged = whole
                damaged[index] ^= 1 << UInt8(bit)
                let text = try? Gzip.unpack(damaged, limit: 1000)
                #expect(text == nil || text == Array(Self.text.utf8))
            }
        }
    }

    @Test func `more than allowed is refused`() {
        #expect(throws: GzipError.tooLarge) { try Gzip.unpack(Self.bytes(Self.files[0].hex), limit: 35) }
    }
}
