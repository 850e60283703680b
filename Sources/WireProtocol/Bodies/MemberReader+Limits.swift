import CanonicalEncoding

extension MemberReader {
    /// A text of at most so many bytes of UTF-8; `invalid_value` where it is longer.
    mutating func text(_ name: Text, atMost limit: Int) throws(MemberError) -> Text {
        let text = try text(name)
        guard text.utf8.count <= limit else { throw error(.invalidValue, name) }
        return text
    }

    /// Nil where the member is absent; `invalid_value` where it is longer than `limit` bytes.
    mutating func optionalText(_ name: Text, atMost limit: Int) throws(MemberError) -> Text? {
        guard let text = try optionalText(name) else { return nil }
        guard text.utf8.count <= limit else { throw error(.invalidValue, name) }
        return text
    }
}
