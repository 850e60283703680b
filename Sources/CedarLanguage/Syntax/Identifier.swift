/// The rules of names in policy text.
enum Identifier {
    private static let reserved: Set<CedarString> = ["true", "false", "if", "then", "else", "in", "is", "like", "has"]

    static func isReserved(_ name: CedarString) -> Bool {
        (2...5).contains(name.utf8.count) && reserved.contains(name)
    }

    /// `__cedar` belongs to the language itself.
    static func isLanguagesOwn(_ name: CedarString) -> Bool {
        name == "__cedar"
    }

    static func isStart(_ byte: UInt8) -> Bool {
        byte == 0x5F || (byte >= 0x41 && byte <= 0x5A) || (byte >= 0x61 && byte <= 0x7A)
    }

    static func isContinuation(_ byte: UInt8) -> Bool {
        isStart(byte) || (byte >= 0x30 && byte <= 0x39)
    }

    /// A letter or underscore, then letters, digits, underscores; reserved words too.
    static func isAnyWord(_ name: String) -> Bool {
        guard let first = name.utf8.first else { return false }
        return isStart(first) && name.utf8.allSatisfy(isContinuation)
    }

    /// The same, but not reserved.
    static func isValid(_ name: Substring) -> Bool {
        guard let first = name.utf8.first, isStart(first), name.utf8.allSatisfy(isContinuation) else { return false }
        let name = CedarString(String(name))
        return !isReserved(name) && !isLanguagesOwn(name)
    }

    /// Identifiers joined by `::` without white space.
    static func isPath(_ path: String) -> Bool {
        var rest = path[...]
        while let colon = rest.utf8.firstIndex(of: UInt8(ascii: ":")) {
            guard isValid(rest[..<colon]) else { return false }
            rest = rest[rest.utf8.index(after: colon)...]
            guard rest.utf8.first == UInt8(ascii: ":") else { return false }
            rest = rest[rest.utf8.index(after: rest.utf8.startIndex)...]
        }
        return isValid(rest)
    }
}
