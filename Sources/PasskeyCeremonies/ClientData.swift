import CanonicalEncoding

/// The collected client data (WebAuthn L3 §5.8.1), parsed from the raw bytes that were signed.
///
/// Unknown members are tolerated, as the standard demands; duplicates are not.
struct ClientData {
    private let members: JSONObject

    private static let limits = JSONLimits(bytes: 16_384, depth: 16, stringBytes: 8_192)

    init(_ bytes: [UInt8]) throws(CeremonyError) {
        let value: JSONValue
        do { value = try JSONReader.read(bytes, limits: Self.limits) } catch {
            throw CeremonyError(.malformed, "The client data is no strict JSON.")
        }
        guard let object = value.objectValue else {
            throw CeremonyError(.malformed, "The client data is no JSON object.")
        }
        members = object
    }

    /// §7.1 steps 7 to 11, §7.2 steps 11 to 15.
    func check(type: Text, challenge: CeremonyChallenge, origin: Text) throws(CeremonyError) {
        guard try text("type") == type else {
            throw CeremonyError(.wrongType, "The client data belongs to the other ceremony.")
        }
        guard try text("challenge") == challenge.wire else {
            throw CeremonyError(.wrongChallenge, "The client data carries another challenge.")
        }
        guard try text("origin") == origin else {
            throw CeremonyError(.wrongOrigin, "The ceremony ran on another origin.")
        }
        switch members["crossOrigin"] {
        case nil, .bool(false)?: break
        case .bool(true)?: throw CeremonyError(.crossOrigin, "The ceremony ran in a frame of another page.")
        case _?: throw CeremonyError(.malformed, "crossOrigin is no boolean.")
        }
        guard members["topOrigin"] == nil else {
            throw CeremonyError(.crossOrigin, "The ceremony ran below another page.")
        }
    }

    private func text(_ name: Text) throws(CeremonyError) -> Text {
        guard let text = members[name]?.textValue else {
            throw CeremonyError(.malformed, "The client data lacks a member.")
        }
        return text
    }
}
