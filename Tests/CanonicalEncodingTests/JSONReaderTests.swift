import CanonicalEncoding
import Testing

struct JSONReaderTests {
    static let documents: [(String, JSONValue)] = [
        ("null", .null), (" true ", true), ("\t\n\r false", false), (#""""#, ""), ("[]", []), ("{}", [:]),
        ("[1,[2],{\"a\":[]}]", [1, [2], ["a": []]]), (#"{"b":1,"a":{"b":null}}"#, ["a": ["b": nil], "b": 1]),
        ("\"\u{7F}\u{80}\u{FFFD}\u{10FFFF}\"", .string(Text("\u{7F}\u{80}\u{FFFD}\u{10FFFF}"))),
        (#""\"\\\/\b\f\n\r\t""#, .string(Text("\"\\/\u{8}\u{C}\n\r\t"))),
        (#""\u0000\u00e9\u20AC\uFFFF\ud83d\ude00x""#, .string(Text("\u{0}é€\u{FFFF}😀x"))),
        (#""\udbff\udfff\ud800\udc00""#, .string(Text("\u{10FFFF}\u{10000}"))),
    ]

    @Test(arguments: documents)
    func `a document is read as what it says`(document: String, value: JSONValue) throws {
        #expect(try JSONReader.read(document) == value)
    }

    static let numbers: [(String, JSONValue)] = [
        ("0", .integer(0)), ("-0", .integer(0)), ("-1", .integer(-1)), ("10", .integer(10)),
        ("9007199254740993", .integer(9_007_199_254_740_993)), ("9223372036854775807", .integer(.max)),
        ("-9223372036854775808", .integer(.min)), ("1.0", .double(1)), ("1e2", .double(100)), ("1E+2", .double(100)),
        ("-2.5e-3", .double(-0.0025)), ("0.1", .double(0.1)), ("5e-324", .double(.leastNonzeroMagnitude)),
        ("1.7976931348623157e308", .double(.greatestFiniteMagnitude)), ("1e-999", .double(0)), ("0e99", .double(0)),
        // Half-way between two doubles: rounded to even.
        ("9007199254740993.0", .double(9_007_199_254_740_992)),
        ("9007199254740993.00001", .double(9_007_199_254_740_994)),
    ]

    @Test(arguments: numbers)
    func `integers are exact and other numbers correctly rounded`(document: String, value: JSONValue) throws {
        #expect(try JSONReader.read(document) == value)
    }

    @Test(arguments: ["-0.0", "-0e5", "-1e-999"])
    func `minus zero becomes zero`(document: String) throws {
        let value = try #require(try JSONReader.read(document).doubleValue)
        #expect(value == 0)
        #expect(value.sign == .plus)
    }

    @Test func `names that only look alike are different names`() throws {
        let composed = Text("\u{E9}")
        let decomposed = Text("e\u{301}")
        let value = try JSONReader.read("{\"\u{E9}\":1,\"e\u{301}\":2,\"\u{212A}\":3,\"K\":4}")
        #expect(value.objectValue?.count == 4)
        #expect(value[composed] == 1)
        #expect(value[decomposed] == 2)
        #expect(value["K"] == 4)
    }

    @Test func `members keep their order`() throws {
        let value = try JSONReader.read(#"{"b":1,"a":2,"c":3}"#)
        #expect(value.objectValue?.members.map(\.name) == ["b", "a", "c"])
    }

    @Test func `nesting ends at 64 levels`() {
        func nested(_ depth: Int) -> [UInt8] {
            Array((String(repeating: "[", count: depth) + String(repeating: "]", count: depth)).utf8)
        }
        #expect(refusal(of: nested(64)) == nil)
        #expect(refusal(of: nested(65)) == JSONReadingError(code: .tooDeep, position: 64))
        #expect(refusal(of: nested(128), limits: .stored) == nil)
        #expect(refusal(of: nested(129), limits: .stored)?.code == .tooDeep)
        #expect(refusal(of: nested(129), limits: JSONLimits(depth: 1000))?.code == .tooDeep)
        #expect(refusal(of: nested(3), limits: JSONLimits(depth: 2)) == JSONReadingError(code: .tooDeep, position: 2))
        let objects = String(repeating: #"{"a":"#, count: 64) + "{}" + String(repeating: "}", count: 64)
        #expect(refusal(of: Array(objects.utf8)) == JSONReadingError(code: .tooDeep, position: 320))
        // Siblings are not levels.
        #expect(refusal(of: Array("[\(String(repeating: "[[]],", count: 500))[]]".utf8)) == nil)
    }

    @Test func `a document ends at 1 MiB`() {
        let spaces = [UInt8](repeating: 0x20, count: 1_048_575)
        #expect(refusal(of: spaces + [0x31]) == nil)
        #expect(refusal(of: spaces + [0x31, 0x20]) == JSONReadingError(code: .tooLarge, position: 1_048_576))
        #expect(refusal(of: Array("[]".utf8), limits: JSONLimits(bytes: 1))?.code == .tooLarge)
    }

    @Test(arguments: ["a", "é", #"\n"#, #"\u0061"#])
    func `a name or string ends at 64 KiB of what it means`(unit: String) {
        let width = unit == "é" ? 2 : 1
        func quoted(_ bytes: Int) -> String { "\"\(String(repeating: unit, count: bytes / width))\"" }
        #expect(refusal(of: Array(quoted(65_536).utf8)) == nil)
        #expect(refusal(of: Array("[\(quoted(65_538))]".utf8)) == JSONReadingError(code: .stringTooLong, position: 1))
        #expect(refusal(of: Array("{\(quoted(65_538)):1}".utf8))?.code == .stringTooLong)
        #expect(refusal(of: Array("[\(quoted(4))]".utf8), limits: JSONLimits(stringBytes: 3))?.code == .stringTooLong)
    }

    @Test func `a number of a megabyte is refused and one of 64 KiB is read`() {
        #expect(refusal(of: Array("0.\(String(repeating: "3", count: 1_000_000))".utf8))?.code == .numberOutOfRange)
        #expect(refusal(of: Array("0.\(String(repeating: "3", count: 65_000))".utf8)) == nil)
        #expect(refusal(of: Array(String(repeating: "9", count: 1_000_000).utf8))?.code == .numberOutOfRange)
    }
}
