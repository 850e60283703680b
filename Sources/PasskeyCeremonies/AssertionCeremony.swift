package import CanonicalEncoding
import Crypto

/// What a browser sent after `navigator.credentials.get()`; it proves nothing yet.
package struct UnverifiedAssertion: Hashable, Sendable {
    package let credentialID: [UInt8]
    package let authenticatorData: [UInt8]
    package let clientDataJSON: [UInt8]
    package let signature: [UInt8]
    package let userHandle: [UInt8]?

    /// Reads `AuthenticationResponseJSON` (WebAuthn L3 §5.1.8).
    package init(json: JSONValue) throws(CeremonyError) {
        let credential = try BrowserJSON(json)
        let response = try credential.response()
        self.init(
            credentialID: try credential.credentialID(),
            authenticatorData: try response.bytes("authenticatorData"),
            clientDataJSON: try response.bytes("clientDataJSON"),
            signature: try response.bytes("signature"),
            userHandle: try response.optionalBytes("userHandle"))
    }

    /// From evidence that was kept, in a receipt for instance.
    package init(
        credentialID: [UInt8], authenticatorData: [UInt8], clientDataJSON: [UInt8], signature: [UInt8],
        userHandle: [UInt8]?
    ) {
        self.credentialID = credentialID
        self.authenticatorData = authenticatorData
        self.clientDataJSON = clientDataJSON
        self.signature = signature
        self.userHandle = userHandle
    }
}

/// What the server knows of the passkey that should have signed.
package struct PasskeyRecordView: Hashable, Sendable {
    package var credentialID: [UInt8]
    package var publicKey: PasskeyPublicKey
    /// Of the last assertion that was accepted.
    package var signCount: UInt32
    package var backupEligible: Bool
    /// The person's user handle: 1 to 64 bytes, random, no name and no address (§14.6.1).
    package var userHandle: [UInt8]

    package init(
        credentialID: [UInt8], publicKey: PasskeyPublicKey, signCount: UInt32, backupEligible: Bool,
        userHandle: [UInt8]
    ) {
        self.credentialID = credentialID
        self.publicKey = publicKey
        self.signCount = signCount
        self.backupEligible = backupEligible
        self.userHandle = userHandle
    }
}

/// A passkey signed exactly this challenge, with its person present and verified.
///
/// Only ``AssertionCeremony/verify(_:against:)`` makes one. The bytes are kept as evidence.
package struct VerifiedAssertion: Hashable, Sendable {
    /// What was signed: compare it with the challenge of the statement that you are about to act on.
    package let challenge: CeremonyChallenge
    package let credentialID: [UInt8]
    /// To be stored in the passkey's record, in the transaction that uses the assertion.
    package let signCount: UInt32
    package let backupState: Bool
    package let authenticatorData: [UInt8]
    package let clientDataJSON: [UInt8]
    package let signature: [UInt8]

    /// Always true; the ceremony refuses anything else.
    package var userVerified: Bool { true }
}

/// One login, vote or change: WebAuthn L3 §7.2 with user verification always required.
package struct AssertionCeremony: Hashable, Sendable {
    package let rp: RelyingParty
    package let challenge: CeremonyChallenge

    package init(rp: RelyingParty, challenge: CeremonyChallenge) {
        self.rp = rp
        self.challenge = challenge
    }

    /// The caller still has to use the challenge up, and to store the new counter and backup state.
    package func verify(
        _ assertion: UnverifiedAssertion, against record: PasskeyRecordView
    ) throws(CeremonyError) -> VerifiedAssertion {
        guard challenge.kind != .enrolment else {
            throw CeremonyError(.wrongKind, "The challenge was made for an enrolment.")
        }
        try checkOwner(assertion, record)
        try ClientData(assertion.clientDataJSON).check(type: "webauthn.get", challenge: challenge, origin: rp.origin)
        let data = try AuthenticatorData(assertion.authenticatorData)
        try data.check(rp: rp)
        // §6.1: only registrations carry a credential; nothing that is signed here may be mistaken for one.
        guard data.credential == nil else {
            throw CeremonyError(.malformed, "The assertion carries a credential.")
        }
        guard data.flags.contains(.backupEligible) == record.backupEligible else {
            throw CeremonyError(.backupFlags, "The passkey's backup eligibility changed since enrolment.")
        }
        guard record.publicKey.isValidSignature(assertion.signature, for: Self.signedBytes(assertion)) else {
            throw CeremonyError(.badSignature, "The signature does not verify with the passkey's key.")
        }
        // §7.2 step 23 leaves the consequence to us: an authority refuses what may be a copy.
        guard data.signCount > record.signCount || (data.signCount == 0 && record.signCount == 0) else {
            throw CeremonyError(.counterRegressed, "The passkey's counter did not grow; it may have been copied.")
        }
        return VerifiedAssertion(
            challenge: challenge, credentialID: assertion.credentialID, signCount: data.signCount,
            backupState: data.flags.contains(.backedUp), authenticatorData: assertion.authenticatorData,
            clientDataJSON: assertion.clientDataJSON, signature: assertion.signature)
    }

    /// §7.2 steps 5 to 7. At login nobody is known yet, so the handle has to be there; otherwise it may be left out.
    private func checkOwner(_ assertion: UnverifiedAssertion, _ record: PasskeyRecordView) throws(CeremonyError) {
        guard assertion.credentialID == record.credentialID else {
            throw CeremonyError(.unknownCredential, "Another passkey answered.")
        }
        guard assertion.userHandle == record.userHandle || (assertion.userHandle == nil && challenge.kind != .login)
        else { throw CeremonyError(.wrongUser, "The passkey answered for another person.") }
    }

    /// §7.2 steps 20 to 22: `authenticatorData ‖ SHA-256(clientDataJSON)`.
    package static func signedBytes(_ assertion: UnverifiedAssertion) -> [UInt8] {
        assertion.authenticatorData + Array(SHA256.hash(data: assertion.clientDataJSON))
    }
}
