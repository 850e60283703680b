package import CanonicalEncoding
import Crypto

/// A public key as a JSON Web Key (RFC 7517): EC on P-256 or OKP with Ed25519 (RFC 8037).
///
/// The key is parsed once and kept; verifying never parses again. Two are equal when their key is.
package struct PublicJWK: Sendable {
    private enum Key: Sendable {
        case p256(P256.Signing.PublicKey)
        case ed25519(Curve25519.Signing.PublicKey)

        var algorithm: SignatureAlgorithm {
            switch self {
            case .p256: .es256
            case .ed25519: .ed25519
            }
        }
    }

    private let key: Key
    /// x ‖ y, or the 32 bytes of Ed25519.
    package let rawRepresentation: [UInt8]
    /// RFC 7638: base64url of the SHA-256 of the minimal members.
    package let thumbprint: String

    /// Reads a JWK strictly.
    ///
    /// Nil for any member of a private or symmetric key, for coordinates of another length or spelling, for a point that is not
    /// on the curve, and where `alg`, `use` or `key_ops` say that the key is not for this. Other members have no meaning here
    /// and are ignored, as RFC 7517 (section 4) asks.
    ///
    /// - Parameter known: a key that it may well be: then it need not be parsed again.
    package init?(json: JSONValue, known: PublicJWK? = nil) {
        guard let object = json.objectValue, !JWKMembers.hasPrivateMember(object),
            let algorithm = JWKMembers.algorithm(of: object), JWKMembers.permitsVerification(object),
            let x = JWKMembers.bytes("x", of: object)
        else { return nil }
        switch algorithm {
        case .es256:
            guard let y = JWKMembers.bytes("y", of: object) else { return nil }
            if let known, known.algorithm == .es256, known.rawRepresentation == x + y {
                self = known
            } else {
                self.init(p256: x + y)
            }
        case .ed25519:
            self.init(ed25519: x)
        }
    }

    /// Nil unless these are the 64 bytes x ‖ y of a point on P-256.
    package init?(p256 bytes: [UInt8]) {
        guard bytes.count == 64, let key = try? P256.Signing.PublicKey(rawRepresentation: bytes) else { return nil }
        self.init(key)
    }

    /// Nil unless these are 32 bytes that can be a key: small-order points and encodings beyond the field are refused, because
    /// a signature under them proves nothing about who made it.
    package init?(ed25519 bytes: [UInt8]) {
        guard bytes.count == 32, !Ed25519Point.isWeak(bytes),
            let key = try? Curve25519.Signing.PublicKey(rawRepresentation: bytes)
        else { return nil }
        self.init(key)
    }

    init(_ key: P256.Signing.PublicKey) {
        self.init(.p256(key), Array(key.rawRepresentation))
    }

    init(_ key: Curve25519.Signing.PublicKey) {
        self.init(.ed25519(key), Array(key.rawRepresentation))
    }

    private init(_ key: Key, _ rawRepresentation: [UInt8]) {
        self.key = key
        self.rawRepresentation = rawRepresentation
        // RFC 7638, section 3: its order of members and lack of white space are those of RFC 8785.
        let members = CanonicalJSON.encode(Self.minimalMembers(key.algorithm, rawRepresentation))
        thumbprint = Base64URL.encode(Digest(sha256: members).bytes)
    }

    package var algorithm: SignatureAlgorithm { key.algorithm }

    /// The members that make the key, and no others: what RFC 7638 hashes.
    package var json: JSONValue { Self.minimalMembers(algorithm, rawRepresentation) }

    /// Whether the holder of the private key signed exactly this message. ES256 signatures are r ‖ s, 64 bytes.
    package func isValidSignature(_ signature: [UInt8], for message: [UInt8]) -> Bool {
        guard signature.count == 64 else { return false }
        switch key {
        case .p256(let key):
            guard let parsed = try? P256.Signing.ECDSASignature(rawRepresentation: signature) else { return false }
            return key.isValidSignature(parsed, for: message)
        case .ed25519(let key):
            return key.isValidSignature(signature, for: message)
        }
    }

    private static func minimalMembers(_ algorithm: SignatureAlgorithm, _ raw: [UInt8]) -> JSONValue {
        func coordinate(_ bytes: ArraySlice<UInt8>) -> JSONValue { .string(Text(Base64URL.encode(bytes))) }
        return switch algorithm {
        case .es256: ["crv": "P-256", "kty": "EC", "x": coordinate(raw.prefix(32)), "y": coordinate(raw.dropFirst(32))]
        case .ed25519: ["crv": "Ed25519", "kty": "OKP", "x": coordinate(raw[...])]
        }
    }
}

extension PublicJWK: Hashable {
    package static func == (left: PublicJWK, right: PublicJWK) -> Bool {
        left.algorithm == right.algorithm && left.rawRepresentation == right.rawRepresentation
    }

    package func hash(into hasher: inout Hasher) {
        hasher.combine(algorithm)
        hasher.combine(rawRepresentation)
    }
}
