import AuthorityPorts
package import CanonicalEncoding
package import DomainModel
import PasskeyCeremonies
import WireProtocol

/// What a browser needs for one ceremony.
package struct IssuedCeremony: Sendable {
    package let id: CeremonyID
    /// For `parseCreationOptionsFromJSON` or `parseRequestOptionsFromJSON`.
    package let options: JSONValue
    /// What the challenge is the digest of.
    package let statement: JSONValue
}

extension Authority {
    var relyingParty: RelyingParty {
        RelyingParty(id: settings.rpID, origin: settings.consoleOrigin, name: settings.rpName)
    }

    var statementAuthority: StatementAuthority {
        StatementAuthority(iss: settings.issuer, epoch: epochText)
    }

    /// A life with a fresh nonce; `seconds` is what the statement says of itself.
    func statementLife(from now: Timestamp, seconds: Int64) throws -> StatementLife {
        try StatementLife(
            issuedAt: now, expiresAt: now.adding(seconds: seconds), nonce: surroundings.random(32))
    }

    /// The WebAuthn user handle of a person: a digest, so that an authenticator learns no name from it.
    func userHandle(of person: PersonID) -> [UInt8] {
        Digest(
            domain: "countersign.user-handle.v1", ["rp": .string(settings.rpID), "person": .string(person.text)]
        ).bytes
    }

    func newCeremony(
        _ purpose: Ceremony.Purpose, statement: JSONValue, at now: Timestamp
    ) -> Ceremony {
        Ceremony(
            id: CeremonyID(at: now, random: surroundings.random(16)), purpose: purpose, statement: statement,
            expiresAt: now.adding(seconds: min(settings.ceremonySeconds, 600)))
    }

    /// Uses a ceremony up, in a transaction of its own: whatever comes of the answer, its challenge is not accepted again,
    /// and what fails afterwards rolls back whole.
    func takeCeremony(_ id: Text) async throws(AuthorityError) -> Ceremony {
        guard let id = CeremonyID(id) else { throw AuthorityError.ceremonyUnknown }
        let taken = try await write("take ceremony") { try $0.takeCeremony(id) }
        guard let taken else { throw AuthorityError.ceremonyUnknown }
        guard now < taken.expiresAt else { throw AuthorityError.ceremonyExpired }
        return taken
    }

    /// Verifies an assertion for a ceremony that was taken from the store, and moves the passkey's counter.
    ///
    /// The one way from an `UnverifiedAssertion` to evidence; whatever comes of it, the challenge is used up.
    func verifiedEvidence(
        _ assertion: JSONValue, challenge: CeremonyChallenge, statement: JSONValue, at now: Timestamp,
        in transaction: any StoreTransaction
    ) throws(AuthorityError) -> (evidence: AssertionEvidence, passkey: Passkey) {
        do {
            let unverified = try UnverifiedAssertion(json: assertion)
            guard var passkey = try transaction.passkey(credentialID: unverified.credentialID),
                passkey.disabledAt == nil
            else { throw CeremonyError(.unknownCredential, "No passkey of that id is enrolled.") }
            let record = PasskeyRecordView(
                credentialID: passkey.credentialID, publicKey: try PasskeyPublicKey(cose: passkey.publicKey),
                signCount: passkey.signCount, backupEligible: passkey.backupEligible,
                userHandle: userHandle(of: passkey.person))
            let verified = try AssertionCeremony(rp: relyingParty, challenge: challenge)
                .verify(unverified, against: record)
            passkey.signCount = verified.signCount
            passkey.backupState = verified.backupState
            passkey.lastUsedAt = now
            try transaction.save(passkey)
            let evidence = AssertionEvidence(
                statement: statement, credentialID: verified.credentialID,
                authenticatorData: verified.authenticatorData, clientDataJSON: verified.clientDataJSON,
                signature: verified.signature)
            return (evidence, passkey)
        } catch let error as CeremonyError {
            throw AuthorityError(error)
        } catch {
            throw AuthorityError(error)
        }
    }
}

extension AuthorityError {
    init(_ error: CeremonyError) {
        self.init(
            .ceremonyRefused, "The passkey's answer was not accepted: \(error.code.rawValue).",
            hint: "Start again from the page; nothing was decided.", context: error.detail.string)
    }

    static let ceremonyUnknown = AuthorityError(
        .ceremonyUnknown, "This ceremony is not known here, or was used already.",
        hint: "Start again from the page; nothing was decided.")

    static let ceremonyExpired = AuthorityError(
        .challengeExpired, "The time for this ceremony is over.",
        hint: "Start again from the page; nothing was decided.")
}
