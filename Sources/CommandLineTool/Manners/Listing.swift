import CanonicalEncoding

/// Shows what the server lists: a line of aligned columns for each, or one JSON document a line.
struct Listing {
    var columns: [String]
    /// The cells of an item, in the order of `columns`; text from outside as it came.
    var cells: (JSONValue) -> [Text]

    func show(_ items: [JSONValue], asJSON: Bool) {
        guard !asJSON else { return items.forEach { Terminal.result($0) } }
        let rows = [columns] + items.map { cells($0).map { Shown.text($0) } }
        let widths = columns.indices.map { column in rows.map { width($0[column]) }.max() ?? 0 }
        for row in rows {
            let padded = row.enumerated().map { index, cell in
                index == row.count - 1 ? cell : cell + String(repeating: " ", count: widths[index] - width(cell))
            }
            Terminal.result(padded.joined(separator: "  "))
        }
    }

    /// Scalars: near enough to columns for what `Shown` lets through.
    private func width(_ cell: String) -> Int { cell.unicodeScalars.count }
}

extension JSONValue {
    /// The text of a member, or a dash.
    func cell(_ name: Text) -> Text {
        switch self[name] {
        case .string(let text): text
        case .integer(let integer): "\(integer)"
        case .bool(let bool): bool ? "yes" : "no"
        case .array(let items): Text(items.compactMap { $0.stringValue }.joined(separator: ","))
        default: "-"
        }
    }
}
