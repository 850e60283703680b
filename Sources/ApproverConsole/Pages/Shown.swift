import ActionRendering
import CanonicalEncoding

/// Text from people or machines in its display-safe form: nothing invisible, nothing that turns direction.
func shown(_ text: Text) -> String { DisplayText.escaped(text).0.string }

/// A line of source in its display-safe form; the spaces that indent it stay spaces.
func shownLine(_ text: Text) -> String {
    let indent = text.utf8.prefix { $0 == UInt8(ascii: " ") }.count
    guard let rest = Text(utf8: text.utf8.dropFirst(indent)) else { return shown(text) }
    return String(repeating: " ", count: indent) + shown(rest)
}
