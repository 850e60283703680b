package import CanonicalEncoding
import Crypto

/// A private key that signs: P-256 or Ed25519. Printing it shows nothing.
package struct SigningKey: Sendable {
    private enum Key: Sendable {
        case p256(P256.Signing.PrivateKey)
        case ed25519(Curve25519.Signing.PrivateKey)
    }

    private let key: Key
    package let publicKey: PublicJWK

    /// A new key from the operating system's generator.
    package init(generating algorithm: SignatureAlgorithm) {
        switch algorithm {
        case .es256: self.init(P256.Signing.PrivateKey())
        case .ed25519: self.init(Curve25519.Signing.PrivateKey())
        }
    }

    /// Reads a private JWK (RFC 7518, section 6.2.2; RFC 8037, section 2). Nil where `d` and the public members do not belong
    /// together, and where `alg`, `use` or `key_ops` say that the key is not for signing.
    package init?(jwk: JSONValue) {
        guard let object = jwk.objectValue, let algorithm = JWKMembers.algorithm(of: object),
            JWKMembers.permitsSigning(object), let secret = JWKMembers.bytes("d", of: object)
        else { return nil }
        switch algorithm {
        case .es256:
            guard let key = try? P256.Signing.PrivateKey(rawRepresentation: secret) else { return nil }
            self.init(key)
        case .ed25519:
            guard let key = try? Curve25519.Signing.PrivateKey(rawRepresentation: secret) else { return nil }
            self.init(key)
        }
        guard let publicMembers = publicKey.json.objectValue?.members,
            publicMembers.allSatisfy({ object[$0.name] == $0.value })
        else { return nil }
    }

    private init(_ key: P256.Signing.PrivateKey) {
        self.key = .p256(key)
        publicKey = PublicJWK(key.publicKey)
    }

    private init(_ key: Curve25519.Signing.PrivateKey) {
        self.key = .ed25519(key)
        publicKey = PublicJWK(key.publicKey)
    }

    /// 64 bytes: r ‖ s for ES256 (RFC 7518, section 3.4), R ‖ S for Ed25519 (RFC 8032).
    package func signature(for message: [UInt8]) throws -> [UInt8] {
        switch key {
        case .p256(let key): Array(try key.signature(for: message).rawRepresentation)
        case .ed25519(let key): Array(try key.signature(for: message))
        }
    }

    /// The minimal public members and `d`.
    package var privateJWK: Secret<JSONValue> {
        let secret =
            switch key {
            case .p256(let key): Array(key.rawRepresentation)
            case .ed25519(let key): Array(key.rawRepresentation)
            }
        var object = publicKey.json.objectValue ?? JSONObject()
        object["d"] = .string(Text(Base64URL.encode(secret)))
        return Secret(.object(object))
    }
}

extension SigningKey: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    package var description: String { "\(publicKey.algorithm.rawValue) signing key \(publicKey.thumbprint)" }
    package var debugDescription: String { description }
    /// No children: reflection would reach into the private key.
    package var customMirror: Mirror { Mirror(self, children: [], displayStyle: .struct) }
}
