import CanonicalEncoding

/// Names of settings that most likely hold a credential: a value in clear under one of them is a mistake.
enum SecretWords {
    private static let words = [
        "apikey", "auth", "cookie", "credential", "passwd", "password", "secret", "session", "token",
    ]
    /// Too short to be looked for inside of other words.
    private static let whole = ["key", "keys", "pass", "pat", "pwd"]

    static func isIn(_ name: Text) -> Bool {
        let folded = name.string.lowercased()
        let parts = folded.utf8.split { $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: "_") }
        return words.contains { folded.utf8.contains($0.utf8) }
            || parts.contains { part in whole.contains { part.elementsEqual($0.utf8) } }
    }
}

extension Collection<UInt8> {
    fileprivate func contains(_ other: some Collection<UInt8>) -> Bool {
        indices.contains { self[$0...].starts(with: other) }
    }
}
