import CanonicalEncoding
import Testing

struct JSONReaderRefusalTests {
    struct Case: Sendable, CustomTestStringConvertible {
        var document: [UInt8]
        var code: JSONReadingError.Code
        var position: Int
        var testDescription: String { "\(String(decoding: document, as: UTF8.self)) → \(code.rawValue)" }

        init(_ text: String, _ code: JSONReadingError.Code, _ position: Int) {
            self.init(Array(text.utf8), code, position)
        }

        init(_ bytes: [UInt8], _ code: JSONReadingError.Code, _ position: Int) {
            document = bytes
            self.code = code
            self.position = position
        }
    }

    static let structure: [Case] = [
        Case("", .unexpectedEnd, 0), Case("  ", .unexpectedEnd, 2), Case("[", .unexpectedEnd, 1),
        Case("[1", .unexpectedEnd, 2), Case("[1,", .unexpectedEnd, 3), Case("{", .unexpectedEnd, 1),
        Case(#"{"a""#, .unexpectedEnd, 4), Case(#"{"a":"#, .unexpectedEnd, 5), Case(#"{"a":1"#, .unexpectedEnd, 6),
        Case(#"{"a":1,"#, .unexpectedEnd, 7), Case("tru", .unexpectedEnd, 3), Case(#""a"#, .unexpectedEnd, 2),
        Case("[1,]", .unexpectedByte, 3), Case("[,1]", .unexpectedByte, 1), Case("[1 2]", .unexpectedByte, 3),
        Case(#"{"a":1,}"#, .unexpectedByte, 7), Case(#"{"a" 1}"#, .unexpectedByte, 5),
        Case("{a:1}", .unexpectedByte, 1),
        Case("{'a':1}", .unexpectedByte, 1), Case("{1:1}", .unexpectedByte, 1), Case("[1}", .unexpectedByte, 2),
        Case(#"{"a":1]"#, .unexpectedByte, 6), Case("/* x */1", .unexpectedByte, 0),
        Case("[1,//\n2]", .unexpectedByte, 3),
        Case("#\n1", .unexpectedByte, 0), Case("True", .unexpectedByte, 0), Case("nulL", .unexpectedByte, 3),
        Case("undefined", .unexpectedByte, 0), Case("\u{A0}1", .unexpectedByte, 0), Case("\u{0B}1", .unexpectedByte, 0),
        Case("]", .unexpectedByte, 0), Case("1 2", .trailingBytes, 2), Case("{}{}", .trailingBytes, 2),
        Case("null,", .trailingBytes, 4), Case("[]\u{0}", .trailingBytes, 2), Case("1 // x", .trailingBytes, 2),
    ]

    @Test(arguments: structure)
    func `a document of another shape is refused where it goes wrong`(wrong: Case) {
        expectRefusal(wrong)
    }

    static let numbers: [Case] = [
        Case("NaN", .unexpectedByte, 0), Case("Infinity", .unexpectedByte, 0), Case("-Infinity", .invalidNumber, 0),
        Case("+1", .unexpectedByte, 0), Case(".5", .unexpectedByte, 0), Case("-", .invalidNumber, 0),
        Case("-a", .invalidNumber, 0), Case("01", .invalidNumber, 0), Case("-01", .invalidNumber, 0),
        Case("00", .invalidNumber, 0), Case("[ 01.5]", .invalidNumber, 2), Case("1.", .invalidNumber, 0),
        Case("1.e5", .invalidNumber, 0), Case("1e", .invalidNumber, 0), Case("1e+", .invalidNumber, 0),
        Case("0x10", .trailingBytes, 1), Case("1_000", .trailingBytes, 1), Case("1,5", .trailingBytes, 1),
        Case("9223372036854775808", .numberOutOfRange, 0), Case("-9223372036854775809", .numberOutOfRange, 0),
        Case("[18446744073709551616]", .numberOutOfRange, 1), Case("1e309", .numberOutOfRange, 0),
        Case("-1e309", .numberOutOfRange, 0), Case("1e99999999999999999999", .numberOutOfRange, 0),
        Case("\u{661}", .unexpectedByte, 0), Case("1\u{661}", .trailingBytes, 1),
    ]

    @Test(arguments: numbers)
    func `a number that is none or that nobody could keep is refused`(wrong: Case) {
        expectRefusal(wrong)
    }

    static let strings: [Case] = [
        Case(#""\x41""#, .invalidEscape, 1), Case(#""\'""#, .invalidEscape, 1), Case(#""\u12g4""#, .invalidEscape, 5),
        Case(#""\U0041""#, .invalidEscape, 1), Case(#""\u12"#, .unexpectedEnd, 5), Case(#""\"#, .unexpectedEnd, 2),
        Case(#""\""#, .unexpectedEnd, 3), Case("\"\u{0}\"", .controlCharacter, 1),
        Case("\"a\n\"", .controlCharacter, 2),
        Case("\"\t\"", .controlCharacter, 1), Case("\"\\n\u{1F}\"", .controlCharacter, 3),
        Case(#""\ud800""#, .loneSurrogate, 1), Case(#""a\udc00""#, .loneSurrogate, 2),
        Case(#""\ud800\ud800""#, .loneSurrogate, 1), Case(#""\ud800\u0041""#, .loneSurrogate, 1),
        Case(#""\udc00\ud800""#, .loneSurrogate, 1), Case(#""\udc00\udc00""#, .loneSurrogate, 1),
        Case(#""\ud83dA""#, .loneSurrogate, 1),
        Case(#""\ud83d\n""#, .loneSurrogate, 1), Case(#"{"\ud800":1}"#, .loneSurrogate, 2),
    ]

    @Test(arguments: strings)
    func `a string with a wrong escape, a raw control character or half a pair is refused`(wrong: Case) {
        expectRefusal(wrong)
    }

    static let encodings: [Case] =
        [
            Case([0xEF, 0xBB, 0xBF, 0x31], .byteOrderMark, 0),
            Case([0xFF, 0xFE, 0x31, 0x00], .byteOrderMark, 0), Case([0xFE, 0xFF, 0x00, 0x31], .byteOrderMark, 0),
            // UTF-16 and UTF-32 without a mark.
            Case([0x7B, 0x00, 0x7D, 0x00], .unexpectedByte, 1), Case([0x00, 0x7B, 0x00, 0x7D], .unexpectedByte, 0),
            Case([0x31, 0x00], .trailingBytes, 1), Case([0x00, 0x00, 0x00, 0x31], .unexpectedByte, 0),
        ] + invalidUTF8.map { Case([0x22, 0x61] + $0 + [0x22], .invalidUTF8, 2) }
        + invalidUTF8.map { Case([0x22, 0x5C, 0x6E] + $0 + [0x22], .invalidUTF8, 3) }

    /// Lone continuation, overlong forms, surrogates, beyond U+10FFFF, cut sequences.
    static let invalidUTF8: [[UInt8]] = [
        [0x80], [0xBF], [0xC0, 0x80], [0xC1, 0xBF], [0xE0, 0x80, 0x80], [0xE0, 0x9F, 0xBF], [0xF0, 0x8F, 0xBF, 0xBF],
        [0xED, 0xA0, 0x80], [0xED, 0xBF, 0xBF], [0xF4, 0x90, 0x80, 0x80], [0xF5, 0x80, 0x80, 0x80], [0xFF], [0xFE],
        [0xC3], [0xE2, 0x82], [0xE2, 0x28, 0xA1], [0xE2, 0x82, 0x28], [0xF0, 0x9F, 0x98], [0xF0, 0x9F, 0x28, 0x80],
    ]

    @Test(arguments: encodings)
    func `anything but well-formed UTF-8 without a mark is refused`(wrong: Case) {
        expectRefusal(wrong)
    }

    static let duplicates: [Case] = [
        Case(#"{"a":1,"a":1}"#, .duplicateName, 7), Case(#"{"a":1,"\u0061":2}"#, .duplicateName, 7),
        Case(#"{"\u0061":1,"b":2,"a":3}"#, .duplicateName, 18), Case(#"{"":1,"":2}"#, .duplicateName, 6),
        Case(#"{"x":{"a":1,"a":2}}"#, .duplicateName, 12), Case(#"{"😀":1,"\ud83d\ude00":2}"#, .duplicateName, 10),
        Case(#"{"/":1,"\/":2}"#, .duplicateName, 7),
    ]

    @Test(arguments: duplicates)
    func `a name that stands twice in an object is refused, however it is spelled`(wrong: Case) {
        expectRefusal(wrong)
    }

    @Test(arguments: [2, 16, 17, 18, 1000])
    func `a duplicate is found in small and large objects alike`(count: Int) {
        let names = (0..<count).map { #""n\#($0)":0"# }
        #expect(throws: Never.self) { try JSONReader.read("{\(names.joined(separator: ","))}") }
        for repeated in [0, count / 2, count - 1] {
            let document = "{\(names.joined(separator: ",")),\"n\(repeated)\":1}"
            #expect(refusal(of: Array(document.utf8))?.code == .duplicateName)
        }
    }

    private func expectRefusal(_ wrong: Case) {
        let refused = refusal(of: wrong.document)
        #expect(refused == JSONReadingError(code: wrong.code, position: wrong.position))
    }
}

/// How the reader refuses a document; nil when it takes it.
func refusal(of document: [UInt8], limits: JSONLimits = .standard) -> JSONReadingError? {
    do {
        _ = try JSONReader.read(document, limits: limits)
        return nil
    } catch {
        return error
    }
}
