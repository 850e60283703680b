package import CanonicalEncoding
package import SecretMaterial
package import TransparencyLog
import WireProtocol

/// Under what name the log signs, and with what: while keys change, with the old and the new one, so that receipts whose holders
/// pinned the old one stay good.
package struct LogIdentity: Sendable {
    package let origin: Text
    private let keys: [SigningKey]

    /// Nil for a name that no note can carry, and for keys that are not Ed25519.
    package init?(origin: Text, keys: [SigningKey]) {
        guard VerifierKey.isName(origin), !keys.isEmpty,
            keys.allSatisfy({ $0.publicKey.algorithm == .ed25519 })
        else { return nil }
        self.origin = origin
        self.keys = keys
    }

    /// What people pin.
    package var verifierKeys: [VerifierKey] {
        keys.compactMap { VerifierKey(name: origin, kind: .note, publicKey: $0.publicKey.rawRepresentation) }
    }

    func sign(_ checkpoint: Checkpoint) throws -> SignedNote {
        let text = Array(checkpoint.text.utf8)
        let signatures = try zip(verifierKeys, keys).map { verifier, key in
            SignedNote.Signature(of: verifier, try key.signature(for: text))
        }
        guard let note = SignedNote(text: checkpoint.text, signatures: signatures) else {
            throw AuthorityError(.internal, "The checkpoint could not be signed.", context: "not a note")
        }
        return note
    }
}
