package import CanonicalEncoding
package import SecretMaterial

/// Why a text is no JWS that we would look at.
package enum JWSError: Error, Hashable, Sendable, CaseIterable {
    /// More than ``CompactJWS/byteLimit`` bytes.
    case tooLarge
    /// Not three parts of canonical base64url, or header or payload is no strict JSON object.
    case malformed
    /// The header demands an extension (`crit`); we know none (RFC 7515 §4.1.11).
    case criticalExtension
    /// No `alg`, or one that is not on the allow-list: `none`, HMAC and RSA are not.
    case unsupportedAlgorithm
    /// The key could not sign.
    case signingFailed
}

/// A JWS in compact serialisation (RFC 7515 §7.1) with a JSON payload: parsed, its signature not yet verified.
package struct CompactJWS: Sendable {
    package let header: JSONObject
    package let payload: JSONObject
    package let algorithm: SignatureAlgorithm
    package let signature: [UInt8]
    /// The bytes that were signed: the first two parts and the dot between them.
    package let signingInput: [UInt8]

    /// 8 KiB: more than any proof or token of ours takes, less than what hurts.
    package static let byteLimit = 8_192

    /// Nesting and strings stay within what a token can hold.
    private static let limits = JSONLimits(bytes: byteLimit, depth: 16, stringBytes: byteLimit)

    package init(_ text: Text) throws(JWSError) {
        let bytes = Array(text.utf8)
        guard bytes.count <= Self.byteLimit else { throw .tooLarge }
        let parts = bytes.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        guard parts.count == 3, let signature = Base64URL.decode(String(decoding: parts[2], as: UTF8.self)) else {
            throw .malformed
        }
        header = try Self.object(parts[0])
        payload = try Self.object(parts[1])
        guard header["crit"] == nil else { throw .criticalExtension }
        guard let name = header["alg"]?.textValue, let algorithm = SignatureAlgorithm(name: name) else {
            throw .unsupportedAlgorithm
        }
        self.algorithm = algorithm
        self.signature = signature
        signingInput = Array(bytes[..<parts[1].endIndex])
    }

    /// The key decides which algorithm it may be used with, never the header alone (RFC 8725 §3.1).
    package func isSigned(by key: PublicJWK) -> Bool {
        key.algorithm == algorithm && key.isValidSignature(signature, for: signingInput)
    }

    /// `alg` is the key's and need not be in the header.
    package static func sign(
        header: JSONObject, payload: JSONObject, with key: SigningKey
    ) throws(JWSError) -> Text {
        var header = header
        header["alg"] = .string(Text(key.publicKey.algorithm.rawValue))
        let input = part(.object(header)) + "." + part(.object(payload))
        do {
            return Text(input + "." + Base64URL.encode(try key.signature(for: Array(input.utf8))))
        } catch {
            throw .signingFailed
        }
    }

    private static func object(_ part: ArraySlice<UInt8>) throws(JWSError) -> JSONObject {
        guard let bytes = Base64URL.decode(String(decoding: part, as: UTF8.self)),
            let object = (try? JSONReader.read(bytes, limits: limits))?.objectValue
        else { throw .malformed }
        return object
    }

    private static func part(_ json: JSONValue) -> String { Base64URL.encode(CanonicalJSON.encode(json)) }
}

extension SignatureAlgorithm {
    /// As metadata lists them (`dpop_signing_alg_values_supported`, RFC 9449 §5.1, and its siblings).
    package static let acceptedNames: [Text] = ["ES256", "Ed25519", "EdDSA"]
}
