extension String {
    /// Whether the text occurs and is not the end or the beginning of a longer word.
    func contains(word: String) -> Bool {
        guard contains(word) else { return false }
        let bytes = Array(utf8)
        let needle = Array(word.utf8)
        guard let first = needle.first, let last = needle.last, bytes.count >= needle.count else { return false }
        return (0...(bytes.count - needle.count)).contains { start in
            guard bytes[start..<(start + needle.count)].elementsEqual(needle) else { return false }
            let before = start > 0 ? bytes[start - 1] : 0x20
            let after = start + needle.count < bytes.count ? bytes[start + needle.count] : 0x20
            return !(first.isWordByte && (before.isWordByte || before == UInt8(ascii: ".")))
                && !(last.isWordByte && after.isWordByte)
        }
    }

    /// `value!`: a postfix exclamation mark that is neither `!=` nor `try!` nor `as!`.
    var hasForceUnwrap: Bool {
        guard contains("!") else { return false }
        let bytes = Array(utf8)
        return bytes.indices.contains { index in
            guard bytes[index] == UInt8(ascii: "!"), index > 0 else { return false }
            let before = bytes[index - 1]
            guard before.isWordByte || before == UInt8(ascii: ")") || before == UInt8(ascii: "]") else { return false }
            let after = index + 1 < bytes.count ? bytes[index + 1] : 0x20
            guard after != UInt8(ascii: "=") else { return false }
            let word = String(decoding: bytes[..<index].reversed().prefix { $0.isWordByte }.reversed(), as: UTF8.self)
            return word != "try" && word != "as"
        }
    }
}

extension UInt8 {
    var isWordByte: Bool {
        (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(self) || (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(self)
            || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(self) || self == UInt8(ascii: "_")
    }
}

/// Names that say nothing about what a thing is.
enum ForbiddenNames {
    private static let words: Set<String> = ["Manager", "Helper", "Helpers", "Util", "Utils", "Utility", "Info"]
    private static let verbs: Set<String> = ["process", "handle"]

    /// What a line with a forbidden name contains.
    static let parts = ["Manager", "Helper", "Util", "Info", "process", "handle"]

    static func forbids(_ name: String, declaredBy keyword: String) -> Bool {
        let parts = camelCaseWords(name)
        if parts.contains(where: { words.contains($0) }) { return true }
        if keyword == "func" { return parts.first.map { verbs.contains($0) } ?? false }
        return verbs.contains(name)
    }

    private static func camelCaseWords(_ name: String) -> [String] {
        var parts: [String] = []
        for character in name {
            if character.isUppercase || parts.isEmpty { parts.append("") }
            parts[parts.count - 1].append(character)
        }
        return parts
    }
}

extension SourceFile {
    /// Whether every statement of the body assigns a property.
    func onlySetsProperties(_ declaration: Declaration) -> Bool {
        guard let body = declaration.body else { return true }
        return body.allSatisfy { index in
            let line = code[index].drop { $0 == " " }
            guard !line.isEmpty else { return true }
            let words = line.split(separator: " ").map(String.init)
            let isAssignment =
                words.count >= 3 && words[1] == "="
                && words[0].allSatisfy { $0.isLetter || $0.isNumber || $0 == "." || $0 == "_" }
            return isAssignment
        }
    }
}
