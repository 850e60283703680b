import CanonicalEncoding

/// What the members of a JSON Web Key say (RFC 7517, section 4; RFC 7518, section 6; RFC 8037, section 2).
enum JWKMembers {
    /// Every member that carries a private or symmetric key, of any key type.
    private static let privateNames: [Text] = ["d", "p", "q", "dp", "dq", "qi", "oth", "k", "priv"]

    static func hasPrivateMember(_ object: JSONObject) -> Bool {
        privateNames.contains { object[$0] != nil }
    }

    /// From key type and curve; nil for others, and where `alg` says another one.
    static func algorithm(of object: JSONObject) -> SignatureAlgorithm? {
        let algorithm: SignatureAlgorithm
        switch (object["kty"]?.textValue, object["crv"]?.textValue) {
        case ("EC", "P-256"): algorithm = .es256
        case ("OKP", "Ed25519"): algorithm = .ed25519
        default: return nil
        }
        guard let stated = object["alg"] else { return algorithm }
        guard let name = stated.textValue, SignatureAlgorithm(name: name) == algorithm else { return nil }
        return algorithm
    }

    static func permitsVerification(_ object: JSONObject) -> Bool {
        permits("verify", object)
    }

    static func permitsSigning(_ object: JSONObject) -> Bool {
        permits("sign", object)
    }

    private static func permits(_ operation: Text, _ object: JSONObject) -> Bool {
        if let use = object["use"], use.textValue != "sig" { return false }
        guard let operations = object["key_ops"] else { return true }
        return operations.arrayValue?.contains(.string(operation)) ?? false
    }

    /// Exactly 32 bytes in canonical base64url, as every number of both key types is (RFC 7518, 6.2.1.2: leading zeros stay).
    static func bytes(_ name: Text, of object: JSONObject) -> [UInt8]? {
        guard let text = object[name]?.textValue, let bytes = Base64URL.decode(text.string), bytes.count == 32 else {
            return nil
        }
        return bytes
    }
}
