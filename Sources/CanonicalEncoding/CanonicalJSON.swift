/// The canonical form of JSON (RFC 8785): no white space, members in UTF-16 order, shortest numbers, fewest escapes.
///
/// Integers beyond ±2⁵³ are written with all their digits: the reader keeps them exact, and two different ones must not share
/// a digest. (A reader that knows only doubles would round them; the profile of an action does not allow them.) A double from
/// 2⁵³ up to 10²¹ is written without exponent, as ECMAScript does, and would be read as an integer or refused: what has to come
/// back as it was holds no such double.
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
            for index in elements.indices {
                if index > 0 { output.append(UInt8(ascii: ",")) }
                append(elements[index], to: &output)
            }
            output.append(UInt8(ascii: "]"))
        case .object(let object): append(object.members, to: &output)
        }
    }

    private static func append(_ members: [JSONObject.Member], to output: inout [UInt8]) {
        output.append(UInt8(ascii: "{"))
        let order = CanonicalOrder(of: members)
        for rank in members.indices {
            if rank > 0 { output.append(UInt8(ascii: ",")) }
            let position = order.position(ofRank: rank)
            append(members[position].name, to: &output)
            output.append(UInt8(ascii: ":"))
            append(members[position].value, to: &output)
        }
        output.append(UInt8(ascii: "}"))
    }

    static func append(_ text: Text, to output: inout [UInt8]) {
        output.append(UInt8(ascii: "\""))
        text.withBytes { bytes in
            var start = 0
            while true {
                let end = ByteScan.endOfPlainRun(in: bytes, from: start, stopsAtNonASCII: false)
                unsafe bytes.extracting(start..<end).withUnsafeBufferPointer { run in
                    unsafe output.append(contentsOf: run)
                }
                guard end < bytes.count else { return }
                appendEscaped(bytes[end], to: &output)
                start = end + 1
            }
        }
        output.append(UInt8(ascii: "\""))
    }

    /// RFC 8785, 3.2.2.2: the two-character escapes where there is one, else lower-case hexadecimal.
    private static func appendEscaped(_ byte: UInt8, to output: inout [UInt8]) {
        output.append(UInt8(ascii: "\\"))
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"): output.append(byte)
        case 0x08: output.append(UInt8(ascii: "b"))
        case 0x09: output.append(UInt8(ascii: "t"))
        case 0x0A: output.append(UInt8(ascii: "n"))
        case 0x0C: output.append(UInt8(ascii: "f"))
        case 0x0D: output.append(UInt8(ascii: "r"))
        default:
            output.append(contentsOf: "u00".utf8)
            output.append(contentsOf: Hex.encode(CollectionOfOne(byte)).utf8)
        }
    }
}

/// In which order members are written.
private struct CanonicalOrder {
    /// Nil where the members stand in order already, as they do in everything that was canonical once.
    private let positions: [Int]?

    init(of members: [JSONObject.Member]) {
        guard members.count > 1 else {
            positions = nil
            return
        }
        var keys: [SortKey] = []
        keys.reserveCapacity(members.count)
        var isSorted = true
        for position in members.indices {
            keys.append(
                SortKey(position: position, prefix: members[position].name.withBytes { ByteScan.prefix(of: $0) }))
            if position > 0, !keys[position - 1].precedes(keys[position], in: members) { isSorted = false }
        }
        guard !isSorted else {
            positions = nil
            return
        }
        keys.sort { $0.precedes($1, in: members) }
        positions = keys.map(\.position)
    }

    func position(ofRank rank: Int) -> Int {
        positions?[rank] ?? rank
    }

    private struct SortKey {
        var position: Int
        var prefix: UInt64

        /// Bytes that are all ASCII order as UTF-16 does, so that most names are told apart by one comparison.
        func precedes(_ other: SortKey, in members: [JSONObject.Member]) -> Bool {
            if prefix != other.prefix, (prefix | other.prefix) & 0x8080_8080_8080_8080 == 0 {
                return prefix < other.prefix
            }
            return members[position].name.precedesInUTF16(members[other.position].name)
        }
    }
}
