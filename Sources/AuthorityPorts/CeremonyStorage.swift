package import CanonicalEncoding
package import DomainModel

/// Reads what lives for minutes: ceremonies, sessions, links, and what may happen once.
package protocol CeremonyReading {
    func ceremony(_ id: CeremonyID) throws -> Ceremony?
    func session(tokenDigest: Digest) throws -> ConsoleSession?
    func enrolmentLink(tokenDigest: Digest) throws -> EnrolmentLink?
    /// All links of a person that are still kept, used or not, the newest first.
    func enrolmentLinks(of person: PersonID) throws -> [EnrolmentLink]
    /// Whether `remember` was called with this key and has not lapsed.
    func isRemembered(_ kind: OnceKind, _ key: Digest) throws -> Bool
}

/// What may happen once.
package enum OnceKind: String, Sendable, CaseIterable {
    /// DPoP proofs and client assertions: replay store.
    case proof
    /// Tokens that were revoked before their time.
    case revokedToken
}

/// Writes what lives for minutes. What is taken or used is so for one caller alone.
package protocol CeremonyWriting {
    func insert(_ ceremony: Ceremony) throws
    /// Deletes the ceremony and returns it: a challenge is used once, whatever comes of it. Nil: unknown or used.
    func takeCeremony(_ id: CeremonyID) throws -> Ceremony?
    func insert(_ session: ConsoleSession) throws
    func removeSession(tokenDigest: Digest) throws
    func removeSessions(of person: PersonID) throws
    func insert(_ link: EnrolmentLink) throws
    /// Marks the link used if it was not. False: used or unknown.
    func useEnrolmentLink(tokenDigest: Digest, at now: Timestamp) throws -> Bool
    /// Inserts if absent. False: it is a replay.
    func remember(_ kind: OnceKind, _ key: Digest, until: Timestamp) throws -> Bool
    /// Removes ceremonies, sessions, links and remembered keys that lapsed.
    func forgetLapsed(at now: Timestamp) throws
}
