import CanonicalEncoding

/// Reads claims of a JWT (RFC 7519 §4.1) with limits; nil where a claim is missing or of another type.
struct ClaimReader {
    let claims: JSONObject

    init(_ claims: JSONObject) { self.claims = claims }

    /// Identifiers and nonces: 1 to 256 bytes.
    func identifier(_ name: Text) -> Text? {
        text(name, longest: 256)
    }

    /// URLs: 1 to 2048 bytes.
    func url(_ name: Text) -> Text? {
        text(name, longest: 2_048)
    }

    /// A NumericDate. Whole seconds, or with a fraction, as §2 allows; rounded down to the millisecond.
    func time(_ name: Text) -> Timestamp? {
        switch claims[name] {
        case .integer(let seconds)? where (0...Self.latest).contains(seconds):
            Timestamp(seconds: seconds)
        case .double(let seconds)? where seconds >= 0 && seconds <= Double(Self.latest):
            Timestamp(milliseconds: Int64(seconds * 1000))
        default: nil
        }
    }

    /// The year 9999: what is later is no time but an attempt.
    private static let latest: Int64 = 253_402_300_799

    private func text(_ name: Text, longest: Int) -> Text? {
        guard let text = claims[name]?.textValue, !text.isEmpty, text.utf8.count <= longest else { return nil }
        return text
    }
}
