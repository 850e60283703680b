import CanonicalEncoding

/// Reads the JSON that `PublicKeyCredential.toJSON()` makes (WebAuthn L3 §5.1.8). Byte strings are base64url, canonical only.
struct BrowserJSON {
    private let object: JSONObject

    init(_ json: JSONValue) throws(CeremonyError) {
        guard let object = json.objectValue else { throw Self.malformed("The credential is no JSON object.") }
        self.object = object
        guard object["type"]?.textValue == "public-key" else {
            throw Self.malformed("The credential is no public-key credential.")
        }
    }

    private init(response: JSONObject) { object = response }

    /// `id` and `rawId` say the same thing; where they differ somebody edited one.
    func credentialID() throws(CeremonyError) -> [UInt8] {
        let identifier = try bytes("rawId")
        guard try bytes("id") == identifier, (1...1023).contains(identifier.count) else {
            throw Self.malformed("id and rawId are not one credential id.")
        }
        return identifier
    }

    func response() throws(CeremonyError) -> BrowserJSON {
        guard let response = object["response"]?.objectValue else {
            throw Self.malformed("The credential has no response.")
        }
        return BrowserJSON(response: response)
    }

    func bytes(_ name: Text) throws(CeremonyError) -> [UInt8] {
        guard let text = object[name]?.textValue, let bytes = Base64URL.decode(text.string) else {
            throw Self.malformed("A byte string of the credential is missing or no base64url.")
        }
        return bytes
    }

    /// Browsers leave the member out, some older ones write null.
    func optionalBytes(_ name: Text) throws(CeremonyError) -> [UInt8]? {
        switch object[name] {
        case nil, .null?: nil
        case _?: try bytes(name)
        }
    }

    /// At most 16 words of 64 bytes; unknown ones are kept (§5.8.4 is an open list).
    func transports() throws(CeremonyError) -> [Text] {
        guard let value = object["transports"] else { return [] }
        let words = value.arrayValue?.compactMap(\.textValue) ?? []
        guard let all = value.arrayValue, all.count == words.count, words.count <= 16,
            words.allSatisfy({ $0.utf8.count <= 64 })
        else { throw Self.malformed("transports is no short list of words.") }
        return words
    }

    private static func malformed(_ detail: Text) -> CeremonyError { CeremonyError(.malformed, detail) }
}
