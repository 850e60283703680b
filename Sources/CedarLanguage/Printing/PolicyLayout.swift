/// Writes tokens, and breaks lines inside of brackets that do not fit on one.
struct PolicyLayout {
    /// An open bracket.
    private struct Group {
        let close: Int
        /// Its content stands on lines of its own.
        let isBroken: Bool
        /// Of its content's lines.
        let indent: Int
        /// In it `||` separates, so that `&&` breaks only where a part does not fit.
        var hasOr = false
        /// Whether the part between two `||` is broken at `&&`.
        var isPartBroken = true
    }

    private let tokens: PrintedTokens
    private var output: [UInt8] = []
    private var column = 0
    private var groups: [Group] = []
    private var isLineDue = false

    init(_ tokens: PrintedTokens) {
        self.tokens = tokens
    }

    private var indent: Int { groups.last.map { $0.isBroken ? $0.indent : max(0, $0.indent - 2) } ?? 0 }

    mutating func run() -> String {
        for index in 0..<tokens.count {
            let isClosing = groups.last?.close == index
            writeComments(before: index)
            guard tokens.kinds[index] != .end else { break }
            let isInBroken = groups.last?.isBroken == true
            if isClosing { groups.removeLast() }
            if groups.isEmpty, !isClosing { separate(index) }
            if isInBroken, isClosing || isBreak(before: index) { isLineDue = true }
            write(index)
            if let comment = tokens.trailing[index] {
                output += [0x20] + tokens.comment(comment)
                isLineDue = true
            }
            if let close = tokens.partners[index] { open(index, close) }
        }
        if !output.isEmpty { output.append(0x0A) }
        return String(decoding: output, as: UTF8.self)
    }

    // MARK: Lines

    private mutating func startLine(isAfterBlankLine: Bool = false) {
        isLineDue = false
        guard !output.isEmpty else { return }
        output.append(0x0A)
        if isAfterBlankLine { output.append(0x0A) }
        output += Array(repeating: 0x20, count: indent)
        column = indent
    }

    private mutating func writeComments(before index: Int) {
        for (position, comment) in (tokens.leading[index] ?? []).enumerated() {
            let startsPolicy = position == 0 && index > 0 && tokens.kinds[index - 1] == .semicolon
            startLine(
                isAfterBlankLine: groups.isEmpty && (startsPolicy || isBlankKept(index, comment.isAfterBlankLine)))
            output += tokens.comment(comment.span)
            isLineDue = true
        }
    }

    /// Between policies blank lines separate groups of comments; inside of one there are none.
    private func isBlankKept(_ index: Int, _ isAfterBlankLine: Bool) -> Bool {
        isAfterBlankLine && (index == 0 || tokens.kinds[index] == .end || tokens.kinds[index - 1] == .semicolon)
    }

    /// Policies, annotations, effects and clauses begin lines.
    private mutating func separate(_ index: Int) {
        guard index > 0 else {
            if isLineDue { startLine(isAfterBlankLine: isBlankKept(index, tokens.isAfterBlankLine[index])) }
            return
        }
        let isFirst = tokens.kinds[index - 1] == .semicolon
        if isFirst {
            let hasComments = tokens.leading[index] != nil
            startLine(isAfterBlankLine: !hasComments || tokens.isAfterBlankLine[index])
        } else if tokens.kinds[index] == .at || isHead(index) {
            isLineDue = true
        }
    }

    /// `permit`, `forbid`, `when`, `unless`; an annotation can have these names too.
    private func isHead(_ index: Int) -> Bool {
        tokens.kinds[index - 1] != .at && tokens.isWord(index, ["permit", "forbid", "when", "unless"])
    }

    private mutating func write(_ index: Int) {
        if isLineDue {
            startLine()
        } else if tokens.isSpaced[index], column > 0 {
            output.append(0x20)
            column += 1
        }
        output += tokens.text(index)
        column += tokens.columns[index].count
    }

    // MARK: Groups

    private mutating func open(_ index: Int, _ close: Int) {
        // What follows the bracket at once, a comma or semicolon, has to fit too.
        let width = tokens.columns[close].upperBound - tokens.columns[index].upperBound + 1
        let isBroken =
            close > index + 1
            && (tokens.holdsComments(from: index, to: close) || column + width > CedarFormatter.width)
        var group = Group(close: close, isBroken: isBroken, indent: indent + 2)
        if isBroken {
            group.hasOr = end(ofPartFrom: index + 1, in: group) < close
            group.isPartBroken = isBrokenPart(from: index + 1, in: group)
        }
        groups.append(group)
    }

    /// The next `||` of a group, or its end.
    private func end(ofPartFrom start: Int, in group: Group) -> Int {
        var index = start
        while index < group.close, tokens.kinds[index] != .or { index = (tokens.partners[index] ?? index) + 1 }
        return min(index, group.close)
    }

    private func isBrokenPart(from start: Int, in group: Group) -> Bool {
        guard group.hasOr, start < group.close else { return true }
        let end = end(ofPartFrom: start, in: group)
        let width = tokens.columns[end].upperBound - tokens.columns[start].lowerBound
        return tokens.holdsComments(from: start, to: end) || group.indent + width > CedarFormatter.width
    }

    /// In a broken group: behind its bracket, behind commas and logical operators, before `then` and `else`.
    private mutating func isBreak(before index: Int) -> Bool {
        guard let group = groups.last else { return false }
        switch tokens.kinds[index - 1] {
        case .comma: return true
        case .or:
            groups[groups.count - 1].isPartBroken = isBrokenPart(from: index, in: group)
            return true
        case .and: return group.isPartBroken
        default:
            if tokens.partners[index - 1] == group.close { return true }
            return tokens.isWord(index, ["then", "else"])
        }
    }
}
