package import CanonicalEncoding

/// Why a ceremony proves nothing. The code is stable and may go to the wire; the detail is for the log and names no secret.
package struct CeremonyError: Error, Hashable, Sendable {
    /// Stable words for the wire (`problem+json` codes). The number is the step of WebAuthn L3 §7.1 (r) or §7.2 (a).
    package enum Code: String, Sendable, CaseIterable {
        /// Not the JSON, CBOR or byte layout that the standard prescribes.
        case malformed
        /// `clientData.type` is that of the other ceremony (r7, a11).
        case wrongType = "wrong_type"
        /// A challenge made for one kind of ceremony was given to another kind.
        case wrongKind = "wrong_kind"
        /// Not the challenge that was issued (r8, a12).
        case wrongChallenge = "wrong_challenge"
        /// Signed on a page of another origin (r9, a13).
        case wrongOrigin = "wrong_origin"
        /// Signed in a frame of a foreign page (r10, r11, a14, a15).
        case crossOrigin = "cross_origin"
        /// Not the hash of our RP id (r14, a16).
        case wrongRPID = "wrong_rp_id"
        /// The UP flag is missing (r15, a17).
        case userNotPresent = "user_not_present"
        /// The UV flag is missing (r16, a18); no setting relaxes this.
        case userNotVerified = "user_not_verified"
        /// BS without BE, or BE changed since enrolment (r17, a19, a20).
        case backupFlags = "backup_flags"
        /// The signature does not verify with the key of the record (a22).
        case badSignature = "bad_signature"
        /// A key whose algorithm was not offered (r20).
        case unsupportedAlgorithm = "unsupported_algorithm"
        /// Another credential than the record's (a5, a7).
        case unknownCredential = "unknown_credential"
        /// The user handle is missing where it is needed, or is another person's (a6).
        case wrongUser = "wrong_user"
        /// The signature counter did not grow: the passkey may have been copied (a23).
        case counterRegressed = "counter_regressed"
        /// A member of a statement is missing, unknown or out of its range.
        case malformedStatement = "malformed_statement"
    }

    package var code: Code
    /// One sentence for the operator; it repeats nothing that came from outside.
    package var detail: Text

    package init(_ code: Code, _ detail: Text) {
        self.code = code
        self.detail = detail
    }
}
