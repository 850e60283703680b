package import CanonicalEncoding

/// The two signature algorithms of this house, by their JOSE names.
package enum SignatureAlgorithm: String, Sendable, CaseIterable {
    /// ECDSA on P-256 with SHA-256, the signature as r ‖ s (RFC 7518, section 3.4).
    case es256 = "ES256"
    /// Ed25519 under its fully specified name (RFC 9864).
    case ed25519 = "Ed25519"

    /// Also takes `EdDSA`, the older name (RFC 8037) that most libraries still send. It is never written.
    package init?(rawValue: String) {
        self.init(name: Text(rawValue))
    }

    /// The same by bytes.
    package init?(name: Text) {
        switch name {
        case "ES256": self = .es256
        case "Ed25519", "EdDSA": self = .ed25519
        default: return nil
        }
    }
}
