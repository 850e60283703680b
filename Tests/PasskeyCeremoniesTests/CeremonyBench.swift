import CanonicalEncoding
import DemoScenario
import DomainModel
import PasskeyCeremonies

/// One person with one passkey at one authority, and the ceremonies between them.
struct CeremonyBench {
    let rp = RelyingParty(id: "approve.example", origin: "https://approve.example", name: "Countersign")
    let userHandle = Array("0123456789abcdef".utf8)
    var authenticator = SoftwareAuthenticator()

    static let issuedAt = Timestamp(seconds: 1_800_000_000)

    static func authority() -> StatementAuthority {
        StatementAuthority(iss: "https://agents.example", epoch: "1")
    }

    static func life(nonceByte: UInt8 = 7) throws -> StatementLife {
        try StatementLife(
            issuedAt: issuedAt, expiresAt: issuedAt.adding(seconds: 900),
            nonce: Array(repeating: nonceByte, count: 16))
    }

    static func vote(_ decision: Decision = .approve, request: Text = "req_1") throws -> VoteStatement {
        VoteStatement(
            authority: authority(),
            subject: VoteSubject(
                request: request, action: Digest(sha256: [1]), rendering: Digest(sha256: [2]),
                policy: Digest(sha256: [3])),
            answer: VoteAnswer(decision: decision, approver: "ada", criteria: ["I read it"]), life: try life())
    }

    static func entrance(_ purpose: EntranceStatement.Purpose) throws -> EntranceStatement {
        EntranceStatement(purpose: purpose, authority: authority(), person: nil, life: try life())
    }

    static func enrolmentChallenge() throws -> CeremonyChallenge { try entrance(.enrolment).challenge }

    /// What the browser sends for an enrolment, with the authenticator as it behaves now.
    mutating func registration(origin: Text? = nil) throws -> JSONValue {
        let options = CeremonyOptions.creation(
            rp: rp, user: PasskeyUser(userHandle: userHandle, name: "ada", displayName: "Ada"),
            challenge: try Self.enrolmentChallenge(), exclude: [])
        return try authenticator.create(options: options, origin: origin ?? rp.origin)
    }

    /// Enrols properly and answers the record.
    mutating func enrol() throws -> PasskeyRecordView {
        let ceremony = RegistrationCeremony(rp: rp, challenge: try Self.enrolmentChallenge())
        let verified = try ceremony.verify(UnverifiedRegistration(json: try registration()))
        return PasskeyRecordView(
            credentialID: verified.credentialID, publicKey: verified.publicKey, signCount: verified.signCount,
            backupEligible: verified.backupEligible, userHandle: userHandle)
    }

    /// What the browser sends for that challenge.
    mutating func assertion(_ challenge: CeremonyChallenge, origin: Text? = nil) throws -> UnverifiedAssertion {
        let options = CeremonyOptions.request(rp: rp, challenge: challenge, allow: [])
        return try UnverifiedAssertion(json: authenticator.get(options: options, origin: origin ?? rp.origin))
    }

    func verify(
        _ assertion: UnverifiedAssertion, _ challenge: CeremonyChallenge, _ record: PasskeyRecordView
    ) throws(CeremonyError) -> VerifiedAssertion {
        try AssertionCeremony(rp: rp, challenge: challenge).verify(assertion, against: record)
    }

    /// The code with which it is refused; nil when it is accepted.
    func refusal(
        _ assertion: UnverifiedAssertion, _ challenge: CeremonyChallenge, _ record: PasskeyRecordView
    ) -> CeremonyError.Code? {
        do throws(CeremonyError) {
            _ = try verify(assertion, challenge, record)
            return nil
        } catch {
            return error.code
        }
    }
}

extension UnverifiedAssertion {
    /// The same with one part replaced.
    func replacing(
        authenticatorData: [UInt8]? = nil, clientDataJSON: [UInt8]? = nil, signature: [UInt8]? = nil
    ) -> UnverifiedAssertion {
        UnverifiedAssertion(
            credentialID: credentialID, authenticatorData: authenticatorData ?? self.authenticatorData,
            clientDataJSON: clientDataJSON ?? self.clientDataJSON, signature: signature ?? self.signature,
            userHandle: userHandle)
    }

    func withUserHandle(_ userHandle: [UInt8]?) -> UnverifiedAssertion {
        UnverifiedAssertion(
            credentialID: credentialID, authenticatorData: authenticatorData, clientDataJSON: clientDataJSON,
            signature: signature, userHandle: userHandle)
    }
}
