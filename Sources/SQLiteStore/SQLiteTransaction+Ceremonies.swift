import AuthorityPorts
import CanonicalEncoding
import DomainModel

extension SQLiteTransaction {
    func insert(_ ceremony: Ceremony) throws {
        try connection.run(
            "INSERT INTO ceremonies (id, purpose, person, object, statement, expires_at) VALUES (?, ?, ?, ?, ?, ?)",
            [.id(ceremony.id)] + ceremony.purpose.values + [.json(ceremony.statement), .time(ceremony.expiresAt)])
    }

    /// A challenge is used once: whoever deletes the row has it, and nobody after.
    func takeCeremony(_ id: CeremonyID) throws -> Ceremony? {
        try connection.first(
            "DELETE FROM ceremonies WHERE id = ? RETURNING id, purpose, person, object, statement, expires_at",
            [.id(id)], Self.ceremony)
    }

    func insert(_ session: ConsoleSession) throws {
        try connection.run(
            "INSERT INTO sessions (token_digest, person, created_at, expires_at) VALUES (?, ?, ?, ?)",
            [
                .digest(session.tokenDigest), .name(session.person), .time(session.createdAt),
                .time(session.expiresAt),
            ])
    }

    func removeSession(tokenDigest: Digest) throws {
        try connection.run("DELETE FROM sessions WHERE token_digest = ?", [.digest(tokenDigest)])
    }

    func removeSessions(of person: PersonID) throws {
        try connection.run("DELETE FROM sessions WHERE person = ?", [.name(person)])
    }

    func insert(_ link: EnrolmentLink) throws {
        try connection.run(
            "INSERT INTO enrolment_links (token_digest, person, created_at, expires_at, used_at) VALUES (?, ?, ?, ?, ?)",
            [
                .digest(link.tokenDigest), .name(link.person), .time(link.createdAt), .time(link.expiresAt),
                .time(link.usedAt),
            ])
    }

    /// Whether it has lapsed is the use case's to say; that it is used once is kept here.
    func useEnrolmentLink(tokenDigest: Digest, at now: Timestamp) throws -> Bool {
        try connection.run(
            "UPDATE enrolment_links SET used_at = ? WHERE token_digest = ? AND used_at IS NULL",
            [.time(now), .digest(tokenDigest)]) == 1
    }

    /// One statement decides whether it is a replay.
    func remember(_ kind: OnceKind, _ key: Digest, until: Timestamp) throws -> Bool {
        if kind == .revokedToken { touchInventory() }
        return try connection.run(
            "INSERT INTO once (kind, key, until) VALUES (?, ?, ?) ON CONFLICT DO NOTHING",
            [.word(kind), .digest(key), .time(until)]) == 1
    }

    func forgetLapsed(at now: Timestamp) throws {
        try connection.run("DELETE FROM ceremonies WHERE expires_at <= ?", [.time(now)])
        try connection.run("DELETE FROM sessions WHERE expires_at <= ?", [.time(now)])
        try connection.run("DELETE FROM enrolment_links WHERE expires_at <= ?", [.time(now)])
        try connection.run("DELETE FROM once WHERE until <= ?", [.time(now)])
    }
}
