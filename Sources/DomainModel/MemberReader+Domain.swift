import CanonicalEncoding

/// Members that name things of the domain; `invalid_value` where the text is none.
extension MemberReader {
    mutating func handle<Kind: HandleKind>(_ member: Text) throws(MemberError) -> Handle<Kind> {
        try parsed(text(member), member) { Handle($0) }
    }

    mutating func optionalHandle<Kind: HandleKind>(_ member: Text) throws(MemberError) -> Handle<Kind>? {
        guard let text = try optionalText(member) else { return nil }
        return try parsed(text, member) { Handle($0) }
    }

    /// A word of a closed set.
    mutating func word<Word: RawRepresentable<String>>(_ member: Text) throws(MemberError) -> Word {
        try parsed(text(member), member) { Word(rawValue: $0.string) }
    }

    /// Bytes as base64url.
    mutating func bytes(_ member: Text) throws(MemberError) -> [UInt8] {
        try parsed(text(member), member) { Base64URL.decode($0.string) }
    }
}
