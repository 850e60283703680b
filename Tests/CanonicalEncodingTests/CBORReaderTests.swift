package import CanonicalEncoding
import Testing

struct CBORReaderTests {
    @Test(arguments: [
        ("00", CBORValue.unsigned(0)), ("17", .unsigned(23)), ("1818", .unsigned(24)), ("18ff", .unsigned(255)),
        ("190100", .unsigned(256)), ("19ffff", .unsigned(65_535)), ("1a00010000", .unsigned(65_536)),
        ("1affffffff", .unsigned(4_294_967_295)), ("1b0000000100000000", .unsigned(4_294_967_296)),
        ("1bffffffffffffffff", .unsigned(.max)), ("20", .negative(0)), ("3863", .negative(99)),
        ("3bffffffffffffffff", .negative(.max)), ("40", .bytes([])), ("4401020304", .bytes([1, 2, 3, 4])),
        ("60", .text("")),
        ("62c3bc", .text("ü")), ("80", .array([])), ("8301820203820405", .array([1, [2, 3], [4, 5]])),
        ("a0", .map([])), ("a201020304", .map([CBORPair(key: 1, value: 2), CBORPair(key: 3, value: 4)])),
        ("c11a514b67b0", .tagged(1, 1_363_896_240)), ("f4", .bool(false)), ("f5", .bool(true)), ("f6", .null),
        ("f7", .undefined), ("f90000", .double(0)), ("f93c00", .double(1)), ("f97bff", .double(65_504)),
        ("f90001", .double(5.960464477539063e-8)), ("f90400", .double(0.00006103515625)), ("f9c400", .double(-4)),
        ("f97c00", .double(.infinity)), ("f9fc00", .double(-.infinity)), ("fa47c35000", .double(100_000)),
        ("fb3ff199999999999a", .double(1.1)),
    ])
    func `the examples of RFC 8949 are read as what they say`(hex: String, value: CBORValue) throws {
        #expect(try CBORReader.read(try #require(Hex.decode(hex))) == value)
    }

    static let refusals: [(String, CBORReadingError.Code, Int)] = [
        ("", .unexpectedEnd, 0), ("18", .unexpectedEnd, 1), ("1901", .unexpectedEnd, 2), ("41", .unexpectedEnd, 1),
        ("6261", .unexpectedEnd, 2), ("81", .unexpectedEnd, 1), ("a101", .unexpectedEnd, 2), ("c1", .unexpectedEnd, 1),
        ("f93c", .unexpectedEnd, 2),
        // Lengths that nobody could hold, refused before anything is reserved for them.
        ("5b7fffffffffffffff", .unexpectedEnd, 9), ("5bffffffffffffffff", .unexpectedEnd, 9),
        ("7bffffffffffffffff", .unexpectedEnd, 9), ("9bffffffffffffffff", .unexpectedEnd, 9),
        ("bbffffffffffffffff", .unexpectedEnd, 9), ("9a7fffffff00", .unexpectedEnd, 6), ("a200", .unexpectedEnd, 2),
        // Longer than need be.
        ("1800", .notShortest, 0), ("1817", .notShortest, 0), ("1900ff", .notShortest, 0),
        ("1a0000ffff", .notShortest, 0),
        ("1b00000000ffffffff", .notShortest, 0), ("3817", .notShortest, 0), ("580101", .notShortest, 0),
        ("780161", .notShortest, 0), ("980101", .notShortest, 0), ("b8010101", .notShortest, 0),
        ("d80101", .notShortest, 0),
        ("5f4100ff", .indefiniteLength, 0), ("7f6161ff", .indefiniteLength, 0), ("9fff", .indefiniteLength, 0),
        ("bfff", .indefiniteLength, 0), ("ff", .indefiniteLength, 0), ("1f", .indefiniteLength, 0),
        ("1c", .reserved, 0), ("fc", .reserved, 0), ("e0", .reserved, 0), ("f818", .reserved, 0), ("f3", .reserved, 0),
        ("61ff", .invalidUTF8, 0), ("63eda080", .invalidUTF8, 0), ("62c080", .invalidUTF8, 0),
        ("0000", .trailingBytes, 1), ("a0ff", .trailingBytes, 1),
        ("a201010102", .duplicateKey, 3), ("a2616101616102", .duplicateKey, 4), ("a2200020f6", .duplicateKey, 3),
        ("a1f401", .unsupportedKey, 1), ("a1f93c0001", .unsupportedKey, 1), ("a18001", .unsupportedKey, 1),
        ("a1c10101", .unsupportedKey, 1),
    ]

    @Test(arguments: refusals)
    func `what CTAP2 would not write is refused where it goes wrong`(
        hex: String, code: CBORReadingError.Code, position: Int
    ) throws {
        let bytes = try #require(Hex.decode(hex))
        #expect(throws: CBORReadingError(code: code, position: position)) { try CBORReader.read(bytes) }
    }

    @Test(arguments: [[0x81] as [UInt8], [0xC1], [0xA1, 0x01]])
    func `nesting ends at 16 levels`(level: [UInt8]) {
        func nested(_ depth: Int) -> [UInt8] { Array(repeatElement(level, count: depth).joined()) + [0x00] }
        #expect(throws: Never.self) { try CBORReader.read(nested(16)) }
        let refused = CBORReadingError(code: .tooDeep, position: 16 * level.count)
        #expect(throws: refused) { try CBORReader.read(nested(17)) }
        #expect(throws: refused) { try CBORReader.read(nested(100_000)) }
    }

    @Test func `an item is read from the front and what follows stays`() throws {
        let (value, consumed) = try CBORReader.readPrefix([0x82, 0x01, 0x02, 0xFF, 0xFF])
        #expect(value == .array([1, 2]))
        #expect(consumed == 3)
    }

    @Test func `more than 1 MiB is refused`() {
        let bytes = [0x5A, 0x00, 0x10, 0x00, 0x00] + [UInt8](repeating: 0, count: 1_048_576)
        #expect(throws: CBORReadingError(code: .tooLarge, position: 1_048_576)) { try CBORReader.read(bytes) }
    }

    @Test func `entries are found by label and by name`() throws {
        let key = try CBORReader.read([0xA3, 0x01, 0x02, 0x20, 0x05, 0x61, 0x61, 0xF5])
        #expect(key[1] == 2)
        #expect(key[-1]?.integerValue == 5)
        #expect(key["a"]?.boolValue == true)
        #expect(key[2] == nil)
        #expect(key["b"] == nil)
        #expect(CBORValue.negative(.max).integerValue == nil)
        #expect(CBORValue.negative(UInt64(Int64.max)).integerValue == .min)
    }

    @Test(.timeLimit(.minutes(1))) func `a map of 100,000 keys takes no quadratic time`() throws {
        var bytes: [UInt8] = [0xBA, 0x00, 0x01, 0x86, 0xA0]
        for key in 0..<100_000 {
            bytes += [0x44] + withUnsafeBytes(of: UInt32(key).bigEndian) { Array($0) } + [0xF6]
        }
        #expect(try CBORReader.read(bytes).mapValue?.count == 100_000)
    }
}

extension CBORValue: ExpressibleByIntegerLiteral, ExpressibleByArrayLiteral {
    package init(integerLiteral value: UInt64) { self = .unsigned(value) }
    package init(arrayLiteral elements: CBORValue...) { self = .array(elements) }
}
