import CanonicalEncoding

/// `{"$secret": {"digest": "sha-256:…", "salt": "…"}}`: a value that the caller keeps, known here by its salted digest.
struct SecretMark {
    private static let lead = "secret, known by its salted digest "
    private static let middle = " with the salt "

    let digest: Digest
    let salt: Text

    /// Nil for anything but exactly that object, which is then an ordinary value.
    init?(_ value: JSONValue) {
        guard let outer = value.objectValue, outer.count == 1, let inner = outer["$secret"]?.objectValue,
            inner.count == 2, let digest = inner["digest"]?.textValue.flatMap({ Digest(wire: $0.string) }),
            let salt = inner["salt"]?.textValue, Self.isPlainSalt(salt)
        else { return nil }
        self.digest = digest
        self.salt = salt
    }

    /// Reads `shown` back.
    init?(shown: Text) {
        var rest = Array(shown.utf8)[...]
        guard rest.starts(with: Self.lead.utf8) else { return nil }
        rest = rest.dropFirst(Self.lead.utf8.count)
        let wire = rest.prefix { $0 != UInt8(ascii: " ") }
        rest = rest.dropFirst(wire.count)
        guard rest.starts(with: Self.middle.utf8), let digest = Digest(wire: String(decoding: wire, as: UTF8.self)),
            let salt = Text(utf8: rest.dropFirst(Self.middle.utf8.count)), Self.isPlainSalt(salt)
        else { return nil }
        self.digest = digest
        self.salt = salt
    }

    /// Where a command may have one: an environment variable, or an argument behind the program's name.
    static func mayStand(at path: Text) -> Bool {
        guard let steps = ActionPath.steps(path), steps.count == 3, steps[0] == .member("arguments") else {
            return false
        }
        switch (steps[1], steps[2]) {
        case (.member("environment"), .member): return true
        case (.member("argv"), .element(let index)): return index > 0
        default: return false
        }
    }

    var shown: Text { Text("\(Self.lead)\(digest.wire)\(Self.middle)\(salt.string)") }

    var json: JSONValue { ["$secret": ["digest": .string(Text(digest.wire)), "salt": .string(salt)]] }

    /// base64url or hexadecimal, so that it needs no escapes.
    private static func isPlainSalt(_ salt: Text) -> Bool {
        (1...256).contains(salt.utf8.count)
            && salt.utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                    UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "-"):
                    true
                default: false
                }
            }
    }
}
