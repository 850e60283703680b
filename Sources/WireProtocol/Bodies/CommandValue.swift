package import CanonicalEncoding

/// An element of `argv` or of the environment: shown as it is, or, where the caller marked it secret, as a salted digest.
package enum CommandValue: Hashable, Sendable {
    case text(Text)
    case secret(SaltedDigest)

    /// Refuses zero bytes: no program could be given them.
    package init(json: JSONValue, path: Text) throws(MemberError) {
        if let text = json.textValue {
            guard !text.utf8.contains(0) else { throw MemberError(code: .invalidValue, path: path) }
            self = .text(text)
        } else {
            self = .secret(try SaltedDigest(json: json, path: path))
        }
    }

    package var json: JSONValue {
        switch self {
        case .text(let text): .string(text)
        case .secret(let digest): digest.json
        }
    }
}

/// What the authority keeps of a value that the caller marked secret: `{"$secret": {"salt": …, "digest": …}}`.
///
/// The digest binds the value to the approval, the salt keeps it from being guessed, and the value stays with the caller.
package struct SaltedDigest: Hashable, Sendable {
    /// 16 random bytes as base64url.
    package var salt: Text
    package var digest: Digest

    package static let digestDomain: StaticString = "countersign.secret.v1"

    /// `salt` must be 16 random bytes.
    package init(of value: Text, salt: [UInt8]) {
        let salt = Text(Base64URL.encode(salt))
        self.salt = salt
        digest = Digest(domain: Self.digestDomain, ["salt": .string(salt), "value": .string(value)])
    }

    package init(json: JSONValue, path: Text) throws(MemberError) {
        var reader = try MemberReader(json, path: path)
        var secret = try reader.reader("$secret")
        salt = try secret.text("salt")
        guard Base64URL.decode(salt.string)?.count == 16 else { throw secret.error(.invalidValue, "salt") }
        digest = try secret.digest("digest")
        try secret.finish()
        try reader.finish()
    }

    package var json: JSONValue {
        ["$secret": ["salt": .string(salt), "digest": "\(digest.wire)"]]
    }
}
