import ActionRendering
import CanonicalEncoding

/// One row of a rendering on a page: label, the value whole, and what to look at closely.
struct RowModel: Sendable {
    struct Line: Sendable {
        let text: String
        /// Of its row.
        let isProse: Bool
    }

    struct Link: Sendable {
        let href: String
        let label: String
    }

    let label: String
    /// Where in the action the value stands, for whoever reads the page back; empty where it is no part of it.
    let path: String
    /// The path as it is shown, for rows whose label does not say where they stand.
    let place: String?
    let kind: String
    let depth: Int
    /// Together they are the display-safe value.
    let lines: [Line]
    let isProse: Bool
    let isChanged: Bool
    let isOpaque: Bool
    let cautions: [String]
    /// The value in the superseded request.
    let before: String?
    let link: Link?

    /// A fact of ours.
    init(_ label: String, _ value: String, isProse: Bool = true, link: Link? = nil) {
        self.label = label
        path = ""
        place = nil
        kind = ""
        depth = 0
        lines = [Line(text: value, isProse: isProse)]
        self.isProse = isProse
        isChanged = false
        isOpaque = false
        cautions = []
        before = nil
        self.link = link
    }

    init(_ row: RenderingRow, change: RenderedChange? = nil) {
        label = row.label.string
        path = row.path?.string ?? ""
        place = row.section == .arguments ? row.path.map(Self.place) : nil
        kind = row.kind.rawValue
        depth = row.path.map { min(3, max(0, Self.depth(of: $0) - 1)) } ?? 0
        let isProse = row.section == .facts || row.section == .consequences
        lines = row.lines.map { Line(text: $0.string, isProse: isProse) }
        self.isProse = isProse
        isChanged = change != nil
        isOpaque = row.warnings.contains(.uninspectable)
        cautions = row.warnings.map(\.explanation)
        before = change.map { $0.before?.value.string ?? "not there" }
        link = nil
    }

    init(_ words: UntrustedText) {
        label = words.label.string
        path = words.path?.string ?? ""
        place = words.path?.string
        kind = "untrusted"
        depth = 0
        lines = words.lines.map { Line(text: $0.string, isProse: true) }
        isProse = true
        isChanged = false
        isOpaque = false
        cautions = words.warnings.map(\.explanation)
        before = nil
        link = nil
    }

    /// A text of a change, made display-safe.
    init(text: Text, label: String) {
        self.label = label
        path = ""
        place = nil
        kind = "text"
        depth = 0
        let (safe, warnings) = DisplayText.escaped(text)
        lines = DisplayText.lines(of: safe).map { Line(text: $0.string, isProse: false) }
        isProse = false
        isChanged = false
        isOpaque = false
        cautions = warnings.map(\.explanation)
        before = nil
        link = nil
    }

    /// A part of the superseded action that is gone.
    init(gone change: RenderedChange) {
        label = "Gone: \(change.path)"
        path = ""
        place = nil
        kind = "gone"
        depth = 0
        lines = [Line(text: "not there any more", isProse: true)]
        isProse = true
        isChanged = true
        isOpaque = false
        cautions = change.before?.warnings.map(\.explanation) ?? []
        before = change.before?.value.string
        link = nil
    }

    /// `arguments.sql` → `sql`.
    private static func place(_ path: Text) -> String {
        let prefix = Array("arguments.".utf8)
        guard path.utf8.starts(with: prefix) else { return path.string }
        return String(decoding: path.utf8.dropFirst(prefix.count), as: UTF8.self)
    }

    private static func depth(of path: Text) -> Int {
        path.utf8.reduce(0) { $1 == UInt8(ascii: ".") || $1 == UInt8(ascii: "[") ? $0 + 1 : $0 }
    }
}

/// Rows under one heading.
struct RowSection: Sendable {
    let title: String
    let remark: String
    /// Short values, two abreast where there is room.
    var isDense = false
    let rows: [RowModel]
}
