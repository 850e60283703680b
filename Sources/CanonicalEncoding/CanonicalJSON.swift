/// The canonical form of JSON (RFC 8785): no white space, members in UTF-16 order, shortest numbers, fewest escapes.
///
/// Integers beyond ±2⁵³ are written with all their digits: the reader keeps them exact, and two different ones must not share
/// a digest. (A reader that knows only doubles would round them; the profile of an action does not allow them.)
package enum CanonicalJSON {
    package static func encode(_ value: JSONValue) -> [UInt8] {
        var output: [UInt8] = []
        output.reserveCapacity(1024)
        append(value, to: &output)
        return output
    }

    /// The same bytes as text.
    package static func text(_ value: JSONValue) -> String {
        String(decoding: encode(value), as: UTF8.self)
    }

    static func append(_ value: JSONValue, to output: inout [UInt8]) {
        switch value {
        case .null: output.append(contentsOf: "null".utf8)
        case .bool(true): output.append(contentsOf: "true".utf8)
        case .bool(false): output.append(contentsOf: "false".utf8)
        case .integer(let integer): ECMAScriptNumber.append(integer, to: &output)
        case .double(let double): ECMAScriptNumber.append(double, to: &output)
        case .string(let text): append(text, to: &output)
        case .array(let elements):
            output.append(UInt8(ascii: "["))
            var isFirst = true
            for element in elements {
                if !isFirst { output.append(UInt8(ascii: ",")) }
                isFirst = false
                append(element, to: &output)
            }
            output.append(UInt8(ascii: "]"))
        case .object(let object): append(object, to: &output)
        }
    }

    private static func append(_ object: JSONObject, to output: inout [UInt8]) {
        var members = object.members
        if !isSorted(members) { members.sort { $0.name.precedesInUTF16($1.name) } }
        output.append(UInt8(ascii: "{"))
        var isFirst = true
        for member in members {
            if !isFirst { output.append(UInt8(ascii: ",")) }
            isFirst = false
            append(member.name, to: &output)
            output.append(UInt8(ascii: ":"))
            append(member.value, to: &output)
        }
        output.append(UInt8(ascii: "}"))
    }

    private static func isSorted(_ members: [JSONObject.Member]) -> Bool {
        guard members.count > 1 else { return true }
        for index in 1..<members.count where !members[index - 1].name.precedesInUTF16(members[index].name) {
            return false
        }
        return true
    }

    private static func append(_ text: Text, to output: inout [UInt8]) {
        output.append(UInt8(ascii: "\""))
        if text.utf8.contains(where: needsEscape) {
            for byte in text.utf8 { appendEscaped(byte, to: &output) }
        } else {
            output.append(contentsOf: text.utf8)
        }
        output.append(UInt8(ascii: "\""))
    }

    private static func needsEscape(_ byte: UInt8) -> Bool {
        byte < 0x20 || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\")
    }

    /// RFC 8785, 3.2.2.2: the two-character escapes where there is one, else lower-case hexadecimal.
    private static func appendEscaped(_ byte: UInt8, to output: inout [UInt8]) {
        switch byte {
        case UInt8(ascii: "\""): output.append(contentsOf: "\\\"".utf8)
        case UInt8(ascii: "\\"): output.append(contentsOf: "\\\\".utf8)
        case 0x08: output.append(contentsOf: "\\b".utf8)
        case 0x09: output.append(contentsOf: "\\t".utf8)
        case 0x0A: output.append(contentsOf: "\\n".utf8)
        case 0x0C: output.append(contentsOf: "\\f".utf8)
        case 0x0D: output.append(contentsOf: "\\r".utf8)
        case 0..<0x20:
            output.append(contentsOf: "\\u00".utf8)
            output.append(contentsOf: Hex.encode(CollectionOfOne(byte)).utf8)
        default: output.append(byte)
        }
    }
}
