import CanonicalEncoding
import Foundation
import Testing

struct CanonicalJSONTests {
    @Test func `the published vectors of RFC 8785 are there where everything is tested`() {
        guard !SharedVectors.isPresent else { return }
        #expect(ProcessInfo.processInfo.environment["CI"] != "true", "SHARED_VECTORS names where the vectors lie")
        print("skipped: the published vectors of RFC 8785 are not beside this checkout")
    }

    @Test(
        .enabled(if: SharedVectors.isPresent),
        arguments: ["arrays", "french", "structures", "unicode", "values", "weird"])
    func `the published vectors of RFC 8785 come out byte by byte`(name: String) throws {
        let value = try JSONReader.read(try SharedVectors.bytes("jcs/input/\(name).json"))
        let expected = try SharedVectors.bytes("jcs/output/\(name).json")
        #expect(CanonicalJSON.encode(value) == expected)
        let hex = String(decoding: try SharedVectors.bytes("jcs/outhex/\(name).txt"), as: UTF8.self)
        #expect(CanonicalJSON.encode(value) == Hex.decode(hex.filter { !$0.isWhitespace }))
    }

    static let numbers: [(bits: UInt64, text: String)] = {
        let lines = (try? SharedVectors.own("es-numbers.txt"))?.split(separator: "\n") ?? []
        return lines.filter { !$0.hasPrefix("#") }.compactMap { line in
            let fields = line.split(separator: " ")
            guard fields.count == 2, let bits = UInt64(fields[0], radix: 16) else { return nil }
            return (bits, String(fields[1]))
        }
    }()

    @Test func `the number table of RFC 8785 is here`() {
        #expect(Self.numbers.count == 24)
    }

    @Test(arguments: numbers)
    func `numbers are written as ECMAScript writes them`(bits: UInt64, text: String) throws {
        let double = Double(bitPattern: bits)
        #expect(CanonicalJSON.text(.double(double)) == text)
        guard text.contains(where: { ".e".contains($0) }) else { return }
        #expect(try JSONReader.read(text).doubleValue?.bitPattern == bits)
    }

    @Test(arguments: [
        (1.0, "1"), (-1.5, "-1.5"), (100.0, "100"), (0.1, "0.1"), (1e-6, "0.000001"), (1.5e-6, "0.0000015"),
        (1e-7, "1e-7"),
        (1.25e-7, "1.25e-7"), (1e20, "100000000000000000000"), (1e21, "1e+21"), (1.5e21, "1.5e+21"), (1e100, "1e+100"),
        (9_007_199_254_740_991, "9007199254740991"), (123_456.789, "123456.789"), (-1e-7, "-1e-7"), (0.0, "0"),
        (-0.0, "0"), (0x1p53, "9007199254740992"),
        (0x1p60, "1152921504606847000"), (-0x1p60, "-1152921504606847000"), (0x1p62, "4611686018427388000"),
    ])
    func `exponents begin at 1e21 and below 1e-6`(double: Double, text: String) {
        #expect(CanonicalJSON.text(.double(double)) == text)
    }

    @Test(arguments: [Double.nan, .infinity, -.infinity])
    func `what is not finite never becomes a number`(double: Double) {
        #expect(CanonicalJSON.text(.double(double)) == "null")
    }

    @Test(arguments: [Int64.min, -1, 0, 1, 9_007_199_254_740_993, .max])
    func `integers keep all their digits`(integer: Int64) throws {
        let text = CanonicalJSON.text(.integer(integer))
        #expect(text == String(integer))
        #expect(try JSONReader.read(text) == .integer(integer))
    }

    @Test func `names are sorted by UTF-16 code units`() throws {
        // U+1F600 starts with the surrogate D83D: before U+E000 and U+FF5E, although its bytes come after theirs.
        let value: JSONValue = [
            "\u{FF5E}": 1, "\u{1F600}": 2, "\u{E000}": 3, "\u{D7FF}": 4, "\u{10000}": 5, "b": 6, "a": 7, "aa": 8, "": 9,
            "\u{10FFFF}": 10, "é": 11, "\u{FF5E}a": 12,
        ]
        let names = try #require(try JSONReader.read(CanonicalJSON.encode(value)).objectValue).members.map(
            \.name.string)
        let expected = names.sorted { $0.utf16.lexicographicallyPrecedes($1.utf16) }
        #expect(names.map { Array($0.utf8) } == expected.map { Array($0.utf8) })
        #expect(names.count == 12)
        #expect(Text(names[6]) == "\u{10000}")
    }

    @Test func `every object is sorted, however deep`() {
        let value: JSONValue = ["b": [["d": 1, "c": ["f": 1, "e": 2]]], "a": [:]]
        #expect(CanonicalJSON.text(value) == #"{"a":{},"b":[{"c":{"e":2,"f":1},"d":1}]}"#)
    }

    @Test func `only what must be escaped is escaped`() throws {
        let controls = String(String.UnicodeScalarView((0..<0x20).compactMap { Unicode.Scalar(UInt8($0)) }))
        let expected =
            #"\u0000\u0001\u0002\u0003\u0004\u0005\u0006\u0007\b\t\n\u000b\f\r\u000e\u000f\u0010\u0011\u0012\u0013"#
            + #"\u0014\u0015\u0016\u0017\u0018\u0019\u001a\u001b\u001c\u001d\u001e\u001f"#
        #expect(CanonicalJSON.text(.string(Text(controls))) == "\"\(expected)\"")
        let others = "/\u{7F}\u{80}\u{2028}\u{2029}é😀'<>&"
        #expect(Array(CanonicalJSON.text(.string(Text(others))).utf8) == Array("\"\(others)\"".utf8))
        #expect(CanonicalJSON.text(#"a"b\c"#) == #""a\"b\\c""#)
    }
}
