import AuthorityPorts
package import CanonicalEncoding
package import DomainModel
import PasskeyCeremonies
package import SecretMaterial
import TransparencyLog
import WireProtocol

/// Opens an enrolment with a one-time link. The link stays good until the passkey is there, or its time is over.
package struct BeginEnrolment: Sendable {
    package struct Answer: Sendable {
        package let ceremony: IssuedCeremony
        package let person: Person
    }

    let authority: Authority

    package init(_ authority: Authority) {
        self.authority = authority
    }

    package func run(linkToken: Text) async throws(AuthorityError) -> Answer {
        let now = authority.now
        let authority = authority
        return try await authority.write("begin enrolment") { transaction in
            let link = try EnrolmentLink.usable(linkToken, at: now, reader: transaction)
            guard let person = try transaction.person(link.person), person.isActive else {
                throw AuthorityError.linkInvalid
            }
            let statement = EntranceStatement(
                purpose: .enrolment, authority: authority.statementAuthority, person: person.id.text,
                life: try authority.statementLife(from: now, seconds: authority.settings.ceremonySeconds))
            let ceremony = authority.newCeremony(.enrolment(person.id), statement: statement.json, at: now)
            try transaction.insert(ceremony)
            let user = PasskeyUser(
                userHandle: authority.userHandle(of: person.id), name: person.id.text, displayName: person.name)
            let options = CeremonyOptions.creation(
                rp: authority.relyingParty, user: user, challenge: statement.challenge,
                exclude: try transaction.passkeys(of: person.id).map(\.credentialID))
            let issued = IssuedCeremony(id: ceremony.id, options: options, statement: statement.json)
            return Answer(ceremony: issued, person: person)
        }
    }
}

/// Keeps the passkey, uses the link up, and signs the person in.
package struct FinishEnrolment: Sendable {
    let authority: Authority

    package init(_ authority: Authority) {
        self.authority = authority
    }

    package func run(
        linkToken: Text, ceremony: Text, registration: JSONValue
    ) async throws(AuthorityError) -> OpenedSession {
        let authority = authority
        let taken = try await authority.takeCeremony(ceremony)
        return try await authority.write("finish enrolment") { transaction in
            try enrol(registration, ceremony: taken, linkToken: linkToken, in: transaction)
        }
    }

    private func enrol(
        _ registration: JSONValue, ceremony: Ceremony, linkToken: Text, in transaction: any StoreTransaction
    ) throws -> OpenedSession {
        let now = authority.now
        guard case .enrolment(let id) = ceremony.purpose else { throw AuthorityError.ceremonyUnknown }
        let link = try EnrolmentLink.usable(linkToken, at: now, reader: transaction)
        guard link.person == id, let person = try transaction.person(id), person.isActive else {
            throw AuthorityError.linkInvalid
        }
        let statement = try EntranceStatement(json: ceremony.statement, purpose: .enrolment)
        let verified = try RegistrationCeremony(rp: authority.relyingParty, challenge: statement.challenge)
            .verify(try UnverifiedRegistration(json: registration))
        guard try transaction.passkey(credentialID: verified.credentialID) == nil else {
            throw AuthorityError(.nameTaken, "That passkey is enrolled already.")
        }
        // Read before the passkey is there: whether anybody could have confirmed this enrolment.
        let isFirst = try transaction.activeAdministrators().isEmpty
        let passkey = Passkey(
            credentialID: verified.credentialID, person: id, publicKey: verified.publicKey.coseBytes,
            signCount: verified.signCount, backup: (verified.backupEligible, verified.backupState),
            aaguid: verified.aaguid, createdAt: now)
        try transaction.save(passkey)
        guard try transaction.useEnrolmentLink(tokenDigest: link.tokenDigest, at: now) else {
            throw AuthorityError.linkInvalid
        }
        try transaction.append(.enrolled(passkey, isFirst: isFirst, at: now, epoch: authority.store.epoch))
        return try authority.openSession(for: person, at: now, in: transaction)
    }
}

/// The link for a further passkey that administrators confirmed: shown to the person alone, in their own session.
package struct TakeEnrolmentLink: Sendable {
    let authority: Authority

    package init(_ authority: Authority) {
        self.authority = authority
    }

    /// The whole address. What was confirmed is used up and lives on in the new link, whose time is the same; so the link can
    /// be taken again as long as nobody has enrolled with it, and the earlier ones are void. Nil: nothing was confirmed.
    package func run(_ viewer: Viewer) async throws(AuthorityError) -> Secret<Text>? {
        let authority = authority
        let person = viewer.person.id
        return try await authority.write("take enrolment link") { transaction in
            let now = authority.now
            let open = try transaction.enrolmentLinks(of: person).filter { $0.usedAt == nil && now < $0.expiresAt }
            guard let newest = open.first else { return nil }
            for link in open { _ = try transaction.useEnrolmentLink(tokenDigest: link.tokenDigest, at: now) }
            let token = authority.randomToken()
            let link = EnrolmentLink(
                tokenDigest: EnrolmentLink.digest(of: token), person: person, createdAt: now,
                expiresAt: newest.expiresAt)
            try transaction.insert(link)
            try transaction.append(
                LogEntry(
                    kind: "enrolment.taken", subject: "enrolment:\(link.tokenDigest.wire)", at: now,
                    epoch: authority.store.epoch, body: ["person": .string(person.text)]))
            return Secret(authority.settings.consoleURL("/enrol#\(token)"))
        }
    }
}

extension LogEntry {
    static func enrolled(_ passkey: Passkey, isFirst: Bool, at now: Timestamp, epoch: Int64) -> LogEntry {
        LogEntry(
            kind: "passkey.enrolled", subject: "passkey:\(Base64URL.encode(passkey.credentialID))", at: now,
            epoch: epoch,
            body: [
                "person": .string(passkey.person.text), "public_key": "\(Base64URL.encode(passkey.publicKey))",
                "assurance": .integer(passkey.assurance), "attestation": "unverified",
                "first_administrator": .bool(isFirst),
            ])
    }
}

extension EnrolmentLink {
    static func digest(of token: Text) -> Digest {
        Digest(domain: "countersign.enrolment-link.v1", .string(token))
    }

    /// The link behind a token, if it was not used and its time is not over.
    static func usable(_ token: Text, at now: Timestamp, reader: any StoreReader) throws -> EnrolmentLink {
        guard token.utf8.count <= 128, let link = try reader.enrolmentLink(tokenDigest: digest(of: token)),
            link.usedAt == nil, now < link.expiresAt
        else { throw AuthorityError.linkInvalid }
        return link
    }
}

extension AuthorityError {
    static let linkInvalid = AuthorityError(
        .linkInvalid, "This enrolment link is not valid: it was used, or its time is over.",
        hint: "An administrator can issue another one; at the first start, restart the server.")
}

extension StoreReader {
    /// Administrators who could confirm a change: active, with a passkey that is not disabled.
    func activeAdministrators() throws -> [PersonID] {
        try persons().filter { $0.isActive && $0.roles.contains(.administrator) }.map(\.id).filter { id in
            try passkeys(of: id).contains { $0.disabledAt == nil }
        }
    }
}
