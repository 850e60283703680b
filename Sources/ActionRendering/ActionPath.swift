import CanonicalEncoding

/// The notation of paths: `arguments.argv[2]`, and `arguments["a.b"]` for names that are no plain words.
enum ActionPath {
    enum Step: Hashable {
        case member(Text)
        case element(Int)
    }

    static func appending(member name: Text, to path: Text) -> Text {
        guard isPlain(name) else { return Text("\(path.string)[\"\(quoted(name).string)\"]") }
        return path.isEmpty ? name : Text(path.string + "." + name.string)
    }

    static func appending(element index: Int, to path: Text) -> Text {
        Text("\(path.string)[\(index)]")
    }

    /// Nil unless it is spelt as `appending` spells it.
    static func steps(_ path: Text) -> [Step]? {
        var steps: [Step] = []
        var rest = Array(path.utf8)[...]
        while let byte = rest.first {
            if byte == UInt8(ascii: "[") {
                guard let step = bracket(&rest) else { return nil }
                steps.append(step)
            } else {
                if !steps.isEmpty {
                    guard rest.popFirst() == UInt8(ascii: ".") else { return nil }
                }
                let word = rest.prefix { isWordByte($0) }
                guard let name = Text(utf8: word), isPlain(name) else { return nil }
                rest = rest.dropFirst(word.count)
                steps.append(.member(name))
            }
        }
        return steps
    }

    private static func bracket(_ rest: inout ArraySlice<UInt8>) -> Step? {
        rest = rest.dropFirst()
        guard rest.first == UInt8(ascii: "\"") else {
            let digits = rest.prefix { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
            let text = String(decoding: digits, as: UTF8.self)
            rest = rest.dropFirst(digits.count)
            guard let index = Int(text), digits.count == 1 || digits.first != UInt8(ascii: "0"),
                rest.popFirst() == UInt8(ascii: "]")
            else { return nil }
            return .element(index)
        }
        rest = rest.dropFirst()
        let quotedName = rest.prefix { $0 != UInt8(ascii: "\"") }
        rest = rest.dropFirst(quotedName.count)
        guard rest.starts(with: "\"]".utf8), let shown = Text(utf8: quotedName), let name = unquoted(shown),
            !isPlain(name)
        else { return nil }
        rest = rest.dropFirst(2)
        return .member(name)
    }

    /// Escaped for display; a quotation mark, which would end the name, is an escape too.
    private static func quoted(_ name: Text) -> Text {
        let (shown, _) = DisplayText.escaped(name)
        guard shown.utf8.contains(UInt8(ascii: "\"")) else { return shown }
        var bytes: [UInt8] = []
        for byte in shown.utf8 {
            if byte == UInt8(ascii: "\"") { bytes.append(contentsOf: "\\u{22}".utf8) } else { bytes.append(byte) }
        }
        return Text(String(decoding: bytes, as: UTF8.self))
    }

    private static func unquoted(_ shown: Text) -> Text? {
        // `\u{22}` is not what `escaped` writes for a quotation mark, so it is put back first. A backslash in the name is
        // doubled, and a pair that ends right before `u{22}` is no escape: read in pairs.
        var bytes: [UInt8] = []
        var rest = Array(shown.utf8)[...]
        while let byte = rest.first {
            if rest.starts(with: "\\u{22}".utf8) {
                bytes.append(UInt8(ascii: "\""))
                rest = rest.dropFirst(6)
            } else if byte == UInt8(ascii: "\\") {
                bytes.append(contentsOf: rest.prefix(2))
                rest = rest.dropFirst(2)
            } else {
                bytes.append(byte)
                rest = rest.dropFirst()
            }
        }
        guard let text = Text(utf8: bytes) else { return nil }
        return DisplayText.unescaped(text)
    }

    /// A word of ASCII that needs no quotes.
    static func isPlain(_ name: Text) -> Bool {
        guard let first = name.utf8.first, !(UInt8(ascii: "0")...UInt8(ascii: "9")).contains(first),
            first != UInt8(ascii: "-")
        else { return false }
        return name.utf8.allSatisfy(isWordByte)
    }

    private static func isWordByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "-"), UInt8(ascii: "$"):
            true
        default: false
        }
    }
}
