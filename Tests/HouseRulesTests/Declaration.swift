/// A type or function as the rules need it: found by its keyword and its braces, not by a compiler.
struct Declaration: Sendable {
    enum Kind: Sendable {
        case type(keyword: String)
        case function
        case initialiser
    }

    var kind: Kind
    var name: String
    /// Index of the line with the keyword.
    var line: Int
    /// Of the lines between the braces, both excluded; nil where there is no body.
    var body: Range<Int>?
    var parameters: Int
    /// `package` or `public`.
    var isVisible: Bool
    var isNested: Bool
    var hasDocumentation: Bool
}

extension SourceFile {
    private static let typeKeywords: Set<String> = ["struct", "enum", "class", "actor", "protocol"]

    private static let starts = ["func ", "init", "struct ", "enum ", "class ", "actor ", "protocol "]

    /// Every type, function and initialiser of the file, in order.
    func findDeclarations() -> [Declaration] {
        var found: [Declaration] = []
        for (index, line) in code.enumerated() where Self.starts.contains(where: { line.contains($0) }) {
            let words = line.split { !($0.isLetter || $0.isNumber || $0 == "_" || $0 == "`") }.map(String.init)
            guard let declared = Self.declared(words, in: line) else { continue }
            let head = head(from: index)
            found.append(
                Declaration(
                    kind: declared.kind, name: declared.name, line: index, body: body(after: head.end),
                    parameters: head.parameters, isVisible: words.contains("package") || words.contains("public"),
                    isNested: line.first == " ", hasDocumentation: hasDocumentation(above: index)))
        }
        return found
    }

    private static func declared(_ words: [String], in line: String) -> (kind: Declaration.Kind, name: String)? {
        let modifiers: Set<String> = [
            "package", "public", "private", "fileprivate", "internal", "final", "static", "mutating", "nonisolated",
            "indirect", "override", "convenience", "isolated", "unsafe", "MainActor", "discardableResult", "Sendable",
            "concurrent", "inline", "inlinable", "always", "never", "unchecked",
        ]
        guard let first = words.firstIndex(where: { !modifiers.contains($0) }) else { return nil }
        let keyword = words[first]
        let next = words.indices.contains(first + 1) ? words[first + 1] : ""
        if keyword == "func" { return (.function, next.isEmpty ? "operator" : next) }
        if keyword == "init", line.contains("init(") || line.contains("init?(") || line.contains("init<") {
            let isCall = line.contains(".init") || line.contains("= init")
            return isCall ? nil : (.initialiser, "init")
        }
        // `class func` and `class var` do not exist here; `case` names are no types.
        return typeKeywords.contains(keyword) && !next.isEmpty ? (.type(keyword: keyword), next) : nil
    }

    /// Reads on from the keyword to the brace that opens the body or to the end of the declaration.
    private func head(from start: Int) -> (end: (line: Int, column: Int)?, parameters: Int) {
        var round = 0
        var other = 0
        var commas = 0
        var hasParameter = false
        var sawParameters = false
        for line in start..<min(start + 40, code.count) {
            for (column, byte) in code[line].utf8.enumerated() {
                switch byte {
                case UInt8(ascii: "("): round += 1
                case UInt8(ascii: ")"):
                    round -= 1
                    if round == 0 { sawParameters = true }
                case UInt8(ascii: "["), UInt8(ascii: "<"): other += 1
                case UInt8(ascii: "]"): other -= 1
                case UInt8(ascii: ">"): other -= previousIsArrow(line, column) ? 0 : 1
                case UInt8(ascii: "{") where round == 0: return ((line, column), hasParameter ? commas + 1 : 0)
                case UInt8(ascii: ","): if round == 1, other == 0, !sawParameters { commas += 1 }
                case UInt8(ascii: " "): break
                default: if round == 1, !sawParameters { hasParameter = true }
                }
            }
            let isOpen = round > 0 || continues(after: line)
            if !isOpen { return (nil, hasParameter ? commas + 1 : 0) }
        }
        return (nil, hasParameter ? commas + 1 : 0)
    }

    private func previousIsArrow(_ line: Int, _ column: Int) -> Bool {
        column > 0 && Array(code[line].utf8)[column - 1] == UInt8(ascii: "-")
    }

    /// A signature that goes on in the next line: `-> Result`, `throws`, `where`, `:` or the brace itself.
    private func continues(after line: Int) -> Bool {
        guard code.indices.contains(line + 1) else { return false }
        let next = code[line + 1].drop { $0 == " " }
        return ["->", "throws", "async", "where", "{", ":", ")"].contains { next.hasPrefix($0) }
    }

    private func body(after open: (line: Int, column: Int)?) -> Range<Int>? {
        guard let open else { return nil }
        var depth = 0
        for line in open.line..<code.count {
            for (column, byte) in code[line].utf8.enumerated() where line > open.line || column >= open.column {
                if byte == UInt8(ascii: "{") { depth += 1 }
                if byte == UInt8(ascii: "}") { depth -= 1 }
                if depth == 0 { return line > open.line ? (open.line + 1)..<line : open.line..<open.line }
            }
        }
        return nil
    }

    private func hasDocumentation(above line: Int) -> Bool {
        var index = line - 1
        while index >= 0 {
            let text = lines[index].drop { $0 == " " }
            if text.hasPrefix("///") { return true }
            guard text.hasPrefix("@") || text.hasPrefix("//") || text.hasPrefix("#if") else { return false }
            index -= 1
        }
        return false
    }

    /// The stored properties of a type, by name.
    func storedProperties(of type: Declaration) -> [String] {
        guard let body = type.body, case .type(let keyword) = type.kind, keyword != "protocol" else { return [] }
        var depth = 0
        var names: [String] = []
        for index in body {
            let line = code[index]
            if depth == 0,
                let name = Self.storedProperty(line, next: index + 1 < body.upperBound ? code[index + 1] : "")
            {
                names.append(name)
            }
            for byte in line.utf8 {
                if byte == UInt8(ascii: "{") || byte == UInt8(ascii: "(") { depth += 1 }
                if byte == UInt8(ascii: "}") || byte == UInt8(ascii: ")") { depth -= 1 }
            }
        }
        return names
    }

    private static func storedProperty(_ line: String, next: String) -> String? {
        let words = line.split { !($0.isLetter || $0.isNumber || $0 == "_" || $0 == "`") }.map(String.init)
        guard !words.contains("static"), let keyword = words.firstIndex(where: { $0 == "let" || $0 == "var" }),
            words.indices.contains(keyword + 1)
        else { return nil }
        let before = Set(words[..<keyword])
        let modifiers: Set<String> = [
            "package", "public", "private", "fileprivate", "lazy", "weak", "set", "nonisolated",
        ]
        guard before.isSubset(of: modifiers) else { return nil }
        let isComputed = line.contains("{") && !line.contains("=") && !next.contains("didSet")
        return isComputed ? nil : words[keyword + 1]
    }
}
