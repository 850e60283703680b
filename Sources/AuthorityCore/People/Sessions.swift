import AuthorityPorts
package import CanonicalEncoding
import DomainModel
package import SecretMaterial

/// Names the person behind a session cookie; nil: sign in.
package struct ReadSession: Sendable {
    let authority: Authority

    package init(_ authority: Authority) {
        self.authority = authority
    }

    package func run(cookie: Text?) async throws(AuthorityError) -> Viewer? {
        guard let cookie, cookie.utf8.count <= 128 else { return nil }
        let now = authority.now
        let digest = ConsoleSession.digest(of: cookie)
        return try await authority.read { reader in
            guard let session = try reader.session(tokenDigest: digest), now < session.expiresAt,
                let person = try reader.person(session.person), person.isActive
            else { return nil }
            return try Viewer(person, until: session.expiresAt, reader: reader)
        }
    }
}

/// Signs out.
package struct EndSession: Sendable {
    let authority: Authority

    package init(_ authority: Authority) {
        self.authority = authority
    }

    package func run(cookie: Text) async throws(AuthorityError) {
        let digest = ConsoleSession.digest(of: cookie)
        try await authority.write("end session") { try $0.removeSession(tokenDigest: digest) }
    }
}

/// What a successful login or enrolment gives: the viewer, and the cookie's value, which the store never sees.
package struct OpenedSession: Sendable {
    package let viewer: Viewer
    package let cookie: Secret<Text>
}

extension Authority {
    func openSession(for person: Person, at now: Timestamp, in transaction: any StoreTransaction) throws
        -> OpenedSession
    {
        let cookie = randomToken()
        let session = ConsoleSession(
            tokenDigest: ConsoleSession.digest(of: cookie), person: person.id, createdAt: now,
            expiresAt: now.adding(seconds: settings.sessionSeconds))
        try transaction.insert(session)
        return OpenedSession(
            viewer: try Viewer(person, until: session.expiresAt, reader: transaction), cookie: Secret(cookie))
    }
}

extension ConsoleSession {
    static func digest(of cookie: Text) -> Digest {
        Digest(domain: "countersign.session.v1", .string(cookie))
    }
}

extension Viewer {
    init(_ person: Person, until: Timestamp, reader: any StoreReader) throws {
        self.init(
            person: person, groups: try reader.memberships(of: .person(person.id)).map(\.group),
            sessionExpiresAt: until)
    }
}
