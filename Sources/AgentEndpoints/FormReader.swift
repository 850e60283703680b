import AuthorityCore
import CanonicalEncoding
import WireProtocol

/// Reads `application/x-www-form-urlencoded`, in bodies and queries: UTF-8 alone, each name once, at most 32 fields.
enum FormReader {
    static func fields(_ bytes: some Collection<UInt8>) throws(AuthorityError) -> [(name: Text, value: Text)] {
        var fields: [(name: Text, value: Text)] = []
        for part in bytes.split(separator: UInt8(ascii: "&")) {
            let sides = part.split(separator: UInt8(ascii: "="), maxSplits: 1, omittingEmptySubsequences: false)
            guard fields.count < 32, let name = decoded(sides[0]),
                let value = decoded(sides.count > 1 ? sides[1] : part[part.endIndex...])
            else { throw AuthorityError(.invalidParameter, "The form is not well-formed.") }
            guard !fields.contains(where: { $0.name == name }) else {
                throw AuthorityError(.invalidParameter, "A parameter occurs twice.")
            }
            fields.append((name, value))
        }
        return fields
    }

    private static func decoded(_ bytes: some Collection<UInt8>) -> Text? {
        var decoded: [UInt8] = []
        var rest = Array(bytes)[...]
        while let byte = rest.popFirst() {
            switch byte {
            case UInt8(ascii: "+"): decoded.append(0x20)
            case UInt8(ascii: "%"):
                guard let high = rest.popFirst(), let low = rest.popFirst(),
                    let pair = Hex.decode(String(decoding: [high, low], as: UTF8.self)), pair.count == 1
                else { return nil }
                decoded.append(pair[0])
            default: decoded.append(byte)
            }
        }
        return Text(utf8: decoded)
    }
}
