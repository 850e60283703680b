/// Tokens with what a layout has to know about each: its comments, its partner, the space before it, its place on a line
/// without end.
struct PrintedTokens {
    private let bytes: [UInt8]
    let kinds: [Token.Kind]
    private let spans: [Range<Int>]
    /// Comments on lines of their own before a token, and whether a blank line precedes each.
    private(set) var leading: [Int: [(span: Range<Int>, isAfterBlankLine: Bool)]] = [:]
    /// A comment behind a token on its line.
    private(set) var trailing: [Int: Range<Int>] = [:]
    /// Whether a blank line precedes the token, or its comments.
    private(set) var isAfterBlankLine: [Bool] = []
    /// Of each opening bracket, the closing one.
    private(set) var partners: [Int: Int] = [:]
    /// The braces of `when` and `unless`.
    private(set) var clauseBraces: Set<Int> = []
    /// Whether a space precedes the token within a line.
    private(set) var isSpaced: [Bool] = []
    /// The columns of each token if nothing were broken.
    private(set) var columns: [Range<Int>] = []
    /// How many comments stand before each token and the tokens before it.
    private var commentCounts: [Int] = []

    init(_ bytes: [UInt8], _ tokens: [Token], _ comments: [SourceSpan]) {
        self.bytes = bytes
        kinds = tokens.map(\.kind)
        spans = tokens.map { $0.start..<$0.end }
        attach(comments)
        findBrackets()
        measure()
    }

    var count: Int { kinds.count }

    func text(_ index: Int) -> ArraySlice<UInt8> { bytes[spans[index]] }

    /// A comment without white space at its end.
    func comment(_ span: Range<Int>) -> ArraySlice<UInt8> {
        var slice = bytes[span]
        while let last = slice.last, last == 0x20 || (0x09...0x0D).contains(last) { slice.removeLast() }
        return slice
    }

    func isWord(_ index: Int, _ words: [StaticString]) -> Bool {
        guard kinds[index] == .identifier else { return false }
        return words.contains { word in text(index).elementsEqual(word.description.utf8) }
    }

    /// Whether a comment stands anywhere between two tokens, both included as neighbours.
    func holdsComments(from open: Int, to close: Int) -> Bool {
        commentCounts[close] > commentCounts[open] || trailing[open] != nil
    }

    // MARK: Preparation

    private mutating func attach(_ comments: [SourceSpan]) {
        var next = 0
        for index in spans.indices {
            let previousEnd = index == 0 ? 0 : spans[index - 1].upperBound
            var last = previousEnd
            var isFirst = true
            while next < comments.count, comments[next].start < spans[index].lowerBound {
                let span = comments[next].start..<comments[next].end
                if index > 0, isFirst, lineEnds(last..<span.lowerBound) == 0 {
                    trailing[index - 1] = span
                } else {
                    leading[index, default: []].append((span, lineEnds(last..<span.lowerBound) > 1))
                }
                isFirst = false
                last = span.upperBound
                next += 1
            }
            isAfterBlankLine.append(lineEnds(last..<spans[index].lowerBound) > 1)
            commentCounts.append((commentCounts.last ?? 0) + (leading[index]?.count ?? 0))
            if index > 0, trailing[index - 1] != nil { commentCounts[index] += 1 }
        }
    }

    private func lineEnds(_ range: Range<Int>) -> Int {
        bytes[range].reduce(0) { $0 + ($1 == 0x0A ? 1 : 0) }
    }

    private mutating func findBrackets() {
        var open: [Int] = []
        for index in kinds.indices {
            switch kinds[index] {
            case .leftParenthesis, .leftBracket: open.append(index)
            case .leftBrace:
                if open.isEmpty { clauseBraces.insert(index) }
                open.append(index)
            case .rightParenthesis, .rightBracket, .rightBrace:
                guard let start = open.popLast() else { continue }
                partners[start] = index
                if clauseBraces.contains(start) { clauseBraces.insert(index) }
            default: break
            }
        }
    }

    private mutating func measure() {
        var column = 0
        var isSign = false
        for index in kinds.indices {
            let wasSign = isSign
            isSign = isSignHere(index)
            let isSpaced = index > 0 && !wasSign && isSpaceBetween(index - 1, index)
            self.isSpaced.append(isSpaced)
            if isSpaced { column += 1 }
            let width = text(index).reduce(0) { $0 + ($1 & 0xC0 == 0x80 ? 0 : 1) }
            columns.append(column..<(column + width))
            column += width
        }
    }

    /// `!` always, `-` where no operand stands before it.
    private func isSignHere(_ index: Int) -> Bool {
        guard kinds[index] == .minus, index > 0 else { return kinds[index] == .not }
        switch kinds[index - 1] {
        case .integer, .string, .rightParenthesis, .rightBracket, .rightBrace: return false
        case .identifier: return isKeyword(index - 1)
        default: return true
        }
    }

    private func isKeyword(_ index: Int) -> Bool {
        // A name behind a dot is never a keyword, but no attribute can be written so either.
        isWord(index, ["if", "then", "else", "in", "is", "has", "like"])
    }

    private func isSpaceBetween(_ left: Int, _ right: Int) -> Bool {
        switch (kinds[left], kinds[right]) {
        case (_, .comma), (_, .semicolon), (_, .rightParenthesis), (_, .rightBracket), (_, .dot), (_, .doubleColon),
            (_, .colon), (.leftParenthesis, _), (.leftBracket, _), (.dot, _), (.doubleColon, _), (.at, _):
            false
        case (.leftBrace, _): clauseBraces.contains(left)
        case (_, .rightBrace): clauseBraces.contains(right)
        case (.identifier, .leftParenthesis):
            isKeyword(left) || (partners[right].map { isScope(left, $0) } ?? false)
        case (.identifier, .leftBracket): isKeyword(left)
        case (.string, .leftBracket), (.integer, .leftBracket), (.rightParenthesis, .leftBracket),
            (.rightBracket, .leftBracket), (.rightBrace, .leftBracket):
            false
        default: true
        }
    }

    /// Whether a word is the effect before a scope. Annotations end with a bracket too, but a string stands in it.
    private func isScope(_ word: Int, _ close: Int) -> Bool {
        guard isWord(word, ["permit", "forbid"]) else { return false }
        return word == 0 || kinds[word - 1] == .semicolon || kinds[word - 1] == .rightParenthesis
            || (word > 1 && kinds[word - 2] == .at)
    }
}
