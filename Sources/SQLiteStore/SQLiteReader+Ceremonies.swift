import AuthorityPorts
import CanonicalEncoding
import DomainModel

extension SQLiteReader {
    func ceremony(_ id: CeremonyID) throws -> Ceremony? {
        try connection.first(
            "SELECT id, purpose, person, object, statement, expires_at FROM ceremonies WHERE id = ?", [.id(id)],
            Self.ceremony)
    }

    func session(tokenDigest: Digest) throws -> ConsoleSession? {
        try connection.first(
            "SELECT token_digest, person, created_at, expires_at FROM sessions WHERE token_digest = ?",
            [.digest(tokenDigest)]
        ) { row throws(StoreError) in
            ConsoleSession(
                tokenDigest: try row.digest(), person: try row.name(), createdAt: try row.time(),
                expiresAt: try row.time())
        }
    }

    func enrolmentLink(tokenDigest: Digest) throws -> EnrolmentLink? {
        try connection.first("\(Self.selectLink) WHERE token_digest = ?", [.digest(tokenDigest)], Self.link)
    }

    /// The table is small: links live for minutes, and lapsed ones are forgotten.
    func enrolmentLinks(of person: PersonID) throws -> [EnrolmentLink] {
        try connection.all("\(Self.selectLink) WHERE person = ? ORDER BY created_at DESC", [.name(person)], Self.link)
    }

    private static let selectLink = "SELECT token_digest, person, created_at, expires_at, used_at FROM enrolment_links"

    private static func link(_ row: inout StoredRow) throws(StoreError) -> EnrolmentLink {
        EnrolmentLink(
            tokenDigest: try row.digest(), person: try row.name(), createdAt: try row.time(),
            expiresAt: try row.time(), usedAt: try row.optionalTime())
    }

    func isRemembered(_ kind: OnceKind, _ key: Digest) throws -> Bool {
        try connection.first(
            "SELECT 1 FROM once WHERE kind = ? AND key = ?", [.word(kind), .digest(key)]
        ) { row throws(StoreError) in try row.bool() } ?? false
    }

    static func ceremony(_ row: inout StoredRow) throws(StoreError) -> Ceremony {
        let id: CeremonyID = try row.id()
        let purpose: CeremonyPurpose = try row.word()
        switch purpose {
        case .enrolment:
            let person: PersonID = try row.name()
            _ = try row.optionalID() as ChangeID?
            return try ceremony(&row, id, .enrolment(person))
        case .vote:
            let person: PersonID = try row.name()
            return try ceremony(&row, id, .vote(try row.id(), person))
        case .change:
            let person: PersonID = try row.name()
            return try ceremony(&row, id, .change(try row.id(), person))
        }
    }

    private static func ceremony(
        _ row: inout StoredRow, _ id: CeremonyID, _ purpose: Ceremony.Purpose
    ) throws(StoreError) -> Ceremony {
        Ceremony(
            id: id, purpose: purpose, statement: try row.json { json in json }, expiresAt: try row.time())
    }
}

/// The words of the column `purpose`.
private enum CeremonyPurpose: String {
    case enrolment, vote, change
}

extension Ceremony.Purpose {
    /// Purpose, person and object as columns.
    var values: [SQLValue] {
        switch self {
        case .enrolment(let person): [.word(CeremonyPurpose.enrolment), .name(person), .null]
        case .vote(let request, let person): [.word(CeremonyPurpose.vote), .name(person), .id(request)]
        case .change(let change, let person): [.word(CeremonyPurpose.change), .name(person), .id(change)]
        }
    }
}
