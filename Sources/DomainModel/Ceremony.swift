package import CanonicalEncoding

/// A challenge that was issued to one person's browser for one purpose: used once, within ten minutes. That of a login is
/// issued to nobody in particular and never becomes one of these.
package struct Ceremony: Hashable, Sendable {
    /// Challenges of one kind are never accepted as another.
    package enum Purpose: Hashable, Sendable {
        case enrolment(PersonID)
        case vote(RequestID, PersonID)
        case change(ChangeID, PersonID)
    }

    package let id: CeremonyID
    package let purpose: Purpose
    /// The statement whose digest is the challenge, as canonical JSON.
    package let statement: JSONValue
    package let expiresAt: Timestamp

    package init(id: CeremonyID, purpose: Purpose, statement: JSONValue, expiresAt: Timestamp) {
        self.id = id
        self.purpose = purpose
        self.statement = statement
        self.expiresAt = expiresAt
    }
}

/// A browser that has signed in: it may look, it never decides. The store knows the digest of its cookie alone.
package struct ConsoleSession: Hashable, Sendable {
    package let tokenDigest: Digest
    package let person: PersonID
    package let createdAt: Timestamp
    package let expiresAt: Timestamp

    package init(tokenDigest: Digest, person: PersonID, createdAt: Timestamp, expiresAt: Timestamp) {
        self.tokenDigest = tokenDigest
        self.person = person
        self.createdAt = createdAt
        self.expiresAt = expiresAt
    }
}

/// A one-time link with which a person enrols a passkey. The store knows the digest of its secret alone.
package struct EnrolmentLink: Hashable, Sendable {
    package let tokenDigest: Digest
    package let person: PersonID
    package let createdAt: Timestamp
    package let expiresAt: Timestamp
    package var usedAt: Timestamp?

    package init(
        tokenDigest: Digest, person: PersonID, createdAt: Timestamp, expiresAt: Timestamp, usedAt: Timestamp? = nil
    ) {
        self.tokenDigest = tokenDigest
        self.person = person
        self.createdAt = createdAt
        self.expiresAt = expiresAt
        self.usedAt = usedAt
    }
}

/// The policy set in force at some time: its text, and who put it there.
package struct PolicyVersion: Hashable, Sendable {
    package let digest: Digest
    package let source: Text
    package let loadedAt: Timestamp
    package let loadedBy: Text
    /// The scenarios that came with it. The digest is of the source alone: it names what decides.
    package let scenarios: JSONValue?

    package init(digest: Digest, source: Text, loadedAt: Timestamp, loadedBy: Text, scenarios: JSONValue? = nil) {
        self.digest = digest
        self.source = source
        self.loadedAt = loadedAt
        self.loadedBy = loadedBy
        self.scenarios = scenarios
    }
}
