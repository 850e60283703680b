/// The escapes of string literals: `\n \r \t \\ \0 \' \" \xHH \u{H…}`.
enum StringEscapes {
    /// A refused escape: where it starts in the literal's content.
    struct Failure: Error {
        let offset: Int
        let message: String
    }

    /// One scalar of a literal; `isStar` marks `\*`, which only patterns know.
    struct Unit {
        let scalar: Unicode.Scalar
        let isEscapedStar: Bool
    }

    /// The scalars that a literal's content stands for.
    static func decode(_ content: Substring.UTF8View, isPattern: Bool) throws(Failure) -> [Unit] {
        var units: [Unit] = []
        var rest = Substring(content).unicodeScalars
        func offset() -> Int { content.distance(from: content.startIndex, to: rest.startIndex) }
        while let scalar = rest.popFirst() {
            if scalar == "\r" {
                throw Failure(offset: offset() - 1, message: "a bare carriage return cannot stand in a string")
            }
            guard scalar == "\\" else {
                units.append(Unit(scalar: scalar, isEscapedStar: false))
                continue
            }
            let start = offset() - 1
            if isPattern, rest.first == "*" {
                rest.removeFirst()
                units.append(Unit(scalar: "*", isEscapedStar: true))
                continue
            }
            guard let decoded = escaped(&rest) else {
                throw Failure(offset: start, message: "this is not a valid escape")
            }
            units.append(Unit(scalar: decoded, isEscapedStar: false))
        }
        return units
    }

    private static func escaped(_ rest: inout Substring.UnicodeScalarView) -> Unicode.Scalar? {
        switch rest.popFirst() {
        case "n": "\n"
        case "r": "\r"
        case "t": "\t"
        case "\\": "\\"
        case "0": "\0"
        case "'": "'"
        case "\"": "\""
        case "x": ascii(&rest)
        case "u": unicode(&rest)
        default: nil
        }
    }

    private static func ascii(_ rest: inout Substring.UnicodeScalarView) -> Unicode.Scalar? {
        guard let high = rest.popFirst().flatMap(hexDigit), let low = rest.popFirst().flatMap(hexDigit), high < 8 else {
            return nil
        }
        return Unicode.Scalar(high << 4 | low)
    }

    /// One to six digits in braces; `_` may stand after the first.
    private static func unicode(_ rest: inout Substring.UnicodeScalarView) -> Unicode.Scalar? {
        guard rest.popFirst() == "{" else { return nil }
        var (value, count): (UInt32, Int) = (0, 0)
        while let scalar = rest.popFirst() {
            if scalar == "}" { return count == 0 ? nil : Unicode.Scalar(value) }
            if scalar == "_", count > 0 { continue }
            guard let digit = hexDigit(scalar), count < 6 else { return nil }
            value = value << 4 | UInt32(digit)
            count += 1
        }
        return nil
    }

    private static func hexDigit(_ scalar: Unicode.Scalar) -> UInt8? {
        scalar.isASCII ? hexDigit(UInt8(scalar.value)) : nil
    }

    static func hexDigit(_ byte: UInt8) -> UInt8? {
        switch byte {
        case 0x30...0x39: byte - 0x30
        case 0x41...0x46: byte - 0x37
        case 0x61...0x66: byte - 0x57
        default: nil
        }
    }

    /// The string as a literal in policy text.
    static func quoted(_ string: String) -> String { "\"\(escaped(string, isPattern: false))\"" }

    /// The content of a literal; in a pattern a star is escaped.
    static func escaped(_ string: String, isPattern: Bool) -> String {
        var result = ""
        for scalar in string.unicodeScalars {
            switch scalar {
            case "\n": result += "\\n"
            case "\r": result += "\\r"
            case "\t": result += "\\t"
            case "\\": result += "\\\\"
            case "\0": result += "\\0"
            case "\"": result += "\\\""
            case "*" where isPattern: result += "\\*"
            case " "..."~": result.unicodeScalars.append(scalar)
            default:
                let properties = scalar.properties
                if properties.isDefaultIgnorableCodePoint || properties.generalCategory == .control {
                    result += "\\u{\(String(scalar.value, radix: 16))}"
                } else {
                    result.unicodeScalars.append(scalar)
                }
            }
        }
        return result
    }
}
