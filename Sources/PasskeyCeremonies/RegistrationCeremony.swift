package import CanonicalEncoding

/// What a browser sent after `navigator.credentials.create()`; it proves nothing yet.
package struct UnverifiedRegistration: Hashable, Sendable {
    package let credentialID: [UInt8]
    package let clientDataJSON: [UInt8]
    package let attestationObject: [UInt8]
    package let transports: [Text]

    /// Reads `RegistrationResponseJSON` (WebAuthn L3 §5.1.8). The conveniences that repeat parts of the attestation
    /// object (`publicKey`, `authenticatorData`) are not looked at.
    package init(json: JSONValue) throws(CeremonyError) {
        let credential = try BrowserJSON(json)
        let response = try credential.response()
        credentialID = try credential.credentialID()
        clientDataJSON = try response.bytes("clientDataJSON")
        attestationObject = try response.bytes("attestationObject")
        transports = try response.transports()
    }

    package init(
        credentialID: [UInt8], clientDataJSON: [UInt8], attestationObject: [UInt8], transports: [Text] = []
    ) {
        self.credentialID = credentialID
        self.clientDataJSON = clientDataJSON
        self.attestationObject = attestationObject
        self.transports = transports
    }
}

/// A passkey that was enrolled: present and verified person, our origin, our challenge.
///
/// Only ``RegistrationCeremony/verify(_:)`` makes one.
package struct VerifiedRegistration: Hashable, Sendable {
    package let credentialID: [UInt8]
    package let publicKey: PasskeyPublicKey
    package let signCount: UInt32
    package let flags: AuthenticatorFlags
    /// 16 bytes. The authenticator's own word: the attestation is recorded, not verified.
    package let aaguid: [UInt8]
    /// `none`, `packed`, …: recorded, not verified.
    package let attestationFormat: Text
    package let transports: [Text]

    /// Always true; the ceremony refuses anything else.
    package var userVerified: Bool { flags.contains(.userVerified) }
    /// Whether the passkey may be copied to other devices (BE). It never changes.
    package var backupEligible: Bool { flags.contains(.backupEligible) }
    /// Whether it is copied right now (BS).
    package var backupState: Bool { flags.contains(.backedUp) }
}

/// One enrolment: WebAuthn L3 §7.1 with user verification required and attestation recorded but not verified.
package struct RegistrationCeremony: Hashable, Sendable {
    package let rp: RelyingParty
    package let challenge: CeremonyChallenge

    package init(rp: RelyingParty, challenge: CeremonyChallenge) {
        self.rp = rp
        self.challenge = challenge
    }

    /// The caller still has to use the challenge up, and to refuse a credential id that is already enrolled (step 26).
    package func verify(_ registration: UnverifiedRegistration) throws(CeremonyError) -> VerifiedRegistration {
        guard challenge.kind == .enrolment else {
            throw CeremonyError(.wrongKind, "The challenge was not made for an enrolment.")
        }
        try ClientData(registration.clientDataJSON)
            .check(type: "webauthn.create", challenge: challenge, origin: rp.origin)
        let attestation = try AttestationObject(registration.attestationObject)
        let data = attestation.authenticatorData
        try data.check(rp: rp)
        guard let credential = data.credential else {
            throw CeremonyError(.malformed, "The authenticator data carries no credential.")
        }
        guard credential.credentialID == registration.credentialID else {
            throw CeremonyError(.unknownCredential, "The credential id is not that of the authenticator data.")
        }
        return VerifiedRegistration(
            credentialID: credential.credentialID,
            publicKey: try PasskeyPublicKey(cose: credential.publicKeyCOSE),
            signCount: data.signCount, flags: data.flags, aaguid: credential.aaguid,
            attestationFormat: attestation.format, transports: registration.transports)
    }
}
