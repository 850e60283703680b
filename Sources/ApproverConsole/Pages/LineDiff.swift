import CanonicalEncoding

/// What differs between two texts, line by line.
struct LineDiff: Sendable {
    enum Kind: String, Sendable { case same, added, removed }

    struct Line: Sendable, Equatable {
        let kind: Kind
        let text: Text
    }

    let lines: [Line]

    /// Above this many differing lines on a side the middle is shown as replaced whole, so that the cost stays linear.
    static let greatestMiddle = 1500

    init(from old: Text, to new: Text, greatestMiddle: Int = Self.greatestMiddle) {
        let before = Self.split(old)
        let after = Self.split(new)
        var head = 0
        while head < min(before.count, after.count), before[head] == after[head] { head += 1 }
        var tail = 0
        while tail < min(before.count, after.count) - head,
            before[before.count - 1 - tail] == after[after.count - 1 - tail]
        {
            tail += 1
        }
        let middle = Self.middle(
            Array(before[head..<(before.count - tail)]), Array(after[head..<(after.count - tail)]),
            greatest: greatestMiddle)
        lines =
            before.prefix(head).map { Line(kind: .same, text: $0) } + middle
            + before.suffix(tail).map { Line(kind: .same, text: $0) }
    }

    var added: Int { lines.count { $0.kind == .added } }
    var removed: Int { lines.count { $0.kind == .removed } }

    private static func middle(_ before: [Text], _ after: [Text], greatest: Int) -> [Line] {
        guard max(before.count, after.count) <= greatest else {
            return before.map { Line(kind: .removed, text: $0) } + after.map { Line(kind: .added, text: $0) }
        }
        let difference = after.difference(from: before)
        var removed: Set<Int> = []
        var added: Set<Int> = []
        for change in difference {
            switch change {
            case .remove(let offset, _, _): removed.insert(offset)
            case .insert(let offset, _, _): added.insert(offset)
            }
        }
        var lines: [Line] = []
        var old = 0
        var new = 0
        while old < before.count || new < after.count {
            if old < before.count, removed.contains(old) {
                lines.append(Line(kind: .removed, text: before[old]))
                old += 1
            } else if new < after.count, added.contains(new) {
                lines.append(Line(kind: .added, text: after[new]))
                new += 1
            } else if old < before.count {
                lines.append(Line(kind: .same, text: before[old]))
                old += 1
                new += 1
            } else {
                new += 1
            }
        }
        return lines
    }

    static func split(_ text: Text) -> [Text] {
        guard !text.isEmpty else { return [] }
        return text.utf8.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
            .map { Text(String(decoding: $0, as: UTF8.self)) }
    }
}

/// A difference on a page: what stays is folded but for three lines around each change.
struct DiffModel: Sendable {
    struct Line: Sendable {
        let kind: String
        let mark: String
        /// For who cannot see the mark.
        let spoken: String?
        let text: String
    }

    let summary: String
    let lines: [Line]

    /// `atMost` bounds the lines that are shown, where the difference is only looked at and nobody decides about it.
    init(
        from old: Text, to new: Text, greatestMiddle: Int = LineDiff.greatestMiddle, atMost greatest: Int = Int.max
    ) {
        let diff = LineDiff(from: old, to: new, greatestMiddle: greatestMiddle)
        summary =
            "\(Wording.count(diff.added, "line", "lines")) added, \(Wording.count(diff.removed, "line", "lines")) removed"
        var kept = [Bool](repeating: false, count: diff.lines.count)
        for (index, line) in diff.lines.enumerated() where line.kind != .same {
            for near in max(0, index - 3)...min(diff.lines.count - 1, index + 3) { kept[near] = true }
        }
        var lines: [Line] = []
        var folded = 0
        func unfold() {
            if folded > 0 {
                let text = Wording.count(folded, "unchanged line", "unchanged lines")
                lines.append(Line(kind: "folded", mark: "…", spoken: nil, text: text))
            }
            folded = 0
        }
        for (line, isKept) in zip(diff.lines, kept) {
            guard isKept else {
                folded += 1
                continue
            }
            unfold()
            lines.append(Self.line(line))
        }
        unfold()
        if lines.count > greatest {
            let left = Wording.count(lines.count - greatest, "more line", "more lines")
            lines = lines.prefix(greatest) + [Line(kind: "folded", mark: "…", spoken: nil, text: left)]
        }
        self.lines = lines
    }

    private static func line(_ line: LineDiff.Line) -> Line {
        // A policy is shown as it is written; only what is invisible becomes an escape, and backslashes with it.
        let text = shownLine(line.text)
        return switch line.kind {
        case .same: Line(kind: "same", mark: " ", spoken: nil, text: text)
        case .added: Line(kind: "added", mark: "+", spoken: "added:", text: text)
        case .removed: Line(kind: "removed", mark: "−", spoken: "removed:", text: text)
        }
    }
}
