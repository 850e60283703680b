import CanonicalEncoding
import CedarLanguage
import DomainModel

/// A value as it would stand in policy text, of bounded length: what is left out is counted.
struct ValueText {
    /// Characters of a value, and members of a set or record.
    private static let greatestLength = 160
    private static let greatestCount = 8

    let text: String

    init(_ value: CedarValue) {
        text = Self.text(value, depth: 0)
    }

    private static func text(_ value: CedarValue, depth: Int) -> String {
        guard depth < 4 else { return "…" }
        switch value {
        case .bool(let bool): return "\(bool)"
        case .long(let long): return "\(long)"
        case .string(let string): return quoted(string.text)
        case .entity(let uid): return shortened(uid.description)
        case .set(let set):
            return "[\(list(set.elements.map { text($0, depth: depth + 1) }.sorted()))]"
        case .record(let record):
            return "{\(list(record.members.map { "\(quoted($0.name.text)): \(text($0.value, depth: depth + 1))" }))}"
        case .datetime(let time): return "datetime(\"\(Timestamp(milliseconds: time.milliseconds).rfc3339)\")"
        case .duration(let duration): return "duration(\"\(length(duration.milliseconds))\")"
        case .decimal, .ipaddr: return "a value of type \(value.typeName)"
        }
    }

    /// In the largest unit that leaves no rest.
    private static func length(_ milliseconds: Int64) -> String {
        let units: [(Int64, String)] = [(86_400_000, "d"), (3_600_000, "h"), (60_000, "m"), (1000, "s")]
        let unit = units.first { milliseconds != 0 && milliseconds % $0.0 == 0 } ?? (1, "ms")
        return "\(milliseconds / unit.0)\(unit.1)"
    }

    private static func list(_ items: [String]) -> String {
        let more = items.count - greatestCount
        return (items.prefix(greatestCount) + (more > 0 ? ["… \(more) more"] : [])).joined(separator: ", ")
    }

    private static func quoted(_ text: Text) -> String { shortened(InputType.quoted(text)) }

    private static func shortened(_ text: String) -> String {
        let scalars = text.unicodeScalars
        let more = scalars.count - greatestLength
        guard more > 0 else { return text }
        return String(String.UnicodeScalarView(scalars.prefix(greatestLength))) + "… (\(more) more)"
    }
}
