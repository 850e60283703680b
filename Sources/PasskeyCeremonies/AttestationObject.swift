package import CanonicalEncoding

/// An attestation object (WebAuthn L3 §6.5.4). The statement in it is not verified: options ask for `none`, and no trust
/// in a maker of authenticators is configured.
package struct AttestationObject: Hashable, Sendable {
    /// `none`, `packed`, `tpm`, …; at most 32 bytes (§8.1).
    package let format: Text
    package let authenticatorData: AuthenticatorData

    package init(_ bytes: [UInt8]) throws(CeremonyError) {
        guard let value = try? CBORReader.read(bytes) else {
            throw Self.malformed("The attestation object is no canonical CBOR.")
        }
        guard let format = value["fmt"]?.textValue, (1...32).contains(format.utf8.count),
            let data = value["authData"]?.bytesValue, let statement = value["attStmt"]?.mapValue
        else { throw Self.malformed("The attestation object lacks a member.") }
        // §8.7: `none` has nothing to say.
        guard format != "none" || statement.isEmpty else {
            throw Self.malformed("An attestation of format none carries a statement.")
        }
        self.format = format
        authenticatorData = try AuthenticatorData(data)
    }

    private static func malformed(_ detail: Text) -> CeremonyError { CeremonyError(.malformed, detail) }
}
