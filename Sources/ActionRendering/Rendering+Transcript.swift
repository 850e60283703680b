package import CanonicalEncoding

/// The rendering as plain lines, for terminals and for whoever wants to compare channels: the same rows in the same order,
/// nothing cut.
extension Rendering {
    /// Display-safe; lines end with U+000A, which no value contains.
    package var transcript: Text {
        var lines: [String] = []
        for row in rows { lines += Self.lines(row) }
        if !isApprovable {
            lines.append("! This request cannot be approved, because a part of it cannot be read.")
        }
        if !changes.isEmpty { lines += ["", "Changed since the request whose place it takes"] }
        for change in changes {
            lines.append("  \(change.path.string)")
            lines += Self.lines("before", change.before)
            lines += Self.lines("after", change.after)
        }
        lines += ["", "What the server knows"]
        for row in facts { lines += Self.lines(row) }
        if !untrusted.isEmpty { lines += ["", "Written by the agent, not verified"] }
        for text in untrusted {
            let name = text.path.map { "\(text.label.string) [\($0.string)]" } ?? text.label.string
            lines += Self.lines(name, text.lines, text.warnings, bar: "  > ")
        }
        return Text(lines.map { $0 + "\n" }.joined())
    }

    private static func lines(_ row: RenderingRow) -> [String] {
        let mark = row.emphasis == .plain ? "" : row.emphasis == .danger ? "!! " : "! "
        var name = mark + row.label.string
        if let path = row.path { name += " [\(path.string), \(row.kind.rawValue)]" }
        return lines(name, row.lines, row.warnings, bar: "  | ")
    }

    private static func lines(_ name: String, _ value: ShownValue?) -> [String] {
        guard let value else { return ["    \(name): nothing"] }
        return lines(
            "    \(name), \(value.kind.rawValue)", DisplayText.lines(of: value.value), value.warnings, bar: "    | ")
    }

    private static func lines(_ name: String, _ value: [Text], _ warnings: [Warning], bar: String) -> [String] {
        var lines: [String] = []
        if value.count == 1, let only = value.first {
            lines.append("\(name): \(only.string)")
        } else {
            lines.append("\(name):")
            lines += value.map { bar + $0.string }
        }
        return lines + warnings.map { "    (\($0.explanation))" }
    }
}
