package import CanonicalEncoding
package import SecretMaterial

/// The document at `/oauth/jwks` (RFC 7517 §5): the keys with which our tokens can be verified, each under its thumbprint.
package enum PublishedKeys {
    package static func document(_ keys: [PublicJWK]) -> JSONValue {
        ["keys": .array(keys.map(entry))]
    }

    private static func entry(_ key: PublicJWK) -> JSONValue {
        var object = key.json.objectValue ?? JSONObject()
        object["kid"] = .string(Text(key.thumbprint))
        object["use"] = "sig"
        object["alg"] = .string(Text(key.algorithm.rawValue))
        return .object(object)
    }
}
