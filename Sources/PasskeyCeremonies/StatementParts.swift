package import CanonicalEncoding
import DomainModel

/// Which authority, in which life of its store, a statement was made by. A restored store has a higher epoch, and what was
/// signed before is of no use in it.
package struct StatementAuthority: Hashable, Sendable {
    /// The public URL of the authority.
    package let iss: Text
    package let epoch: Text

    package init(iss: Text, epoch: Text) {
        self.iss = iss
        self.epoch = epoch
    }
}

/// When a statement was made, how long what it says is valid, and what makes it unique.
package struct StatementLife: Hashable, Sendable {
    package let issuedAt: Timestamp
    /// Nobody may act on the statement from here on. It can be later than the end of the ceremony, which has a clock of its
    /// own: ``ceremonyEndsAt``.
    package let expiresAt: Timestamp
    /// 16 to 64 random bytes, used once.
    package let nonce: [UInt8]

    /// No ceremony may take longer than ten minutes, whatever the statement's own validity.
    package static let ceremonyMilliseconds: Int64 = 600_000

    /// - Throws: `malformed_statement` when the nonce has fewer than 128 bits, or nothing lies between the two times.
    package init(issuedAt: Timestamp, expiresAt: Timestamp, nonce: [UInt8]) throws(CeremonyError) {
        guard (16...64).contains(nonce.count) else {
            throw CeremonyError(.malformedStatement, "The nonce is not between 16 and 64 bytes.")
        }
        guard issuedAt < expiresAt else {
            throw CeremonyError(.malformedStatement, "The statement ends before it begins.")
        }
        self.issuedAt = issuedAt
        self.expiresAt = expiresAt
        self.nonce = nonce
    }

    /// The first instant at which the challenge can no longer be answered.
    package var ceremonyEndsAt: Timestamp {
        min(expiresAt, issuedAt.adding(milliseconds: Self.ceremonyMilliseconds))
    }

    /// Whether an answer that arrives now is still in time. A clock that went back before the issue is no good either.
    package func isAnswerable(at now: Timestamp) -> Bool { issuedAt <= now && now < ceremonyEndsAt }
}

/// Reads and writes the members that all statements share.
enum StatementMembers {
    /// At most 2 KiB for any identifier in a statement.
    static let longestText = 2_048

    static func write(_ authority: StatementAuthority, _ life: StatementLife, into object: inout JSONObject) {
        object["iss"] = .string(authority.iss)
        object["epoch"] = .string(authority.epoch)
        object["issued_at"] = .string(Text(life.issuedAt.rfc3339))
        object["expires_at"] = .string(Text(life.expiresAt.rfc3339))
        object["nonce"] = .string(Text(Base64URL.encode(life.nonce)))
    }

    static func authority(_ reader: inout MemberReader) throws(CeremonyError) -> StatementAuthority {
        StatementAuthority(iss: try text("iss", &reader), epoch: try text("epoch", &reader))
    }

    static func life(_ reader: inout MemberReader) throws(CeremonyError) -> StatementLife {
        let issuedAt = try time("issued_at", &reader)
        let expiresAt = try time("expires_at", &reader)
        guard let nonce = Base64URL.decode(try text("nonce", &reader).string) else {
            throw malformed("The nonce is no base64url.")
        }
        return try StatementLife(issuedAt: issuedAt, expiresAt: expiresAt, nonce: nonce)
    }

    static func decision(_ reader: inout MemberReader) throws(CeremonyError) -> Decision {
        // By bytes, not by `init(rawValue:)`: a `String` would compare canonical equivalents.
        let word = try text("decision", &reader)
        guard let decision = Decision.allCases.first(where: { Text($0.rawValue) == word }) else {
            throw malformed("The decision is neither approve nor deny.")
        }
        return decision
    }

    static func text(_ name: Text, _ reader: inout MemberReader) throws(CeremonyError) -> Text {
        guard let text = try? reader.text(name), !text.isEmpty, text.utf8.count <= longestText else {
            throw malformed("A text of the statement is missing, empty or too long.")
        }
        return text
    }

    static func digest(_ name: Text, _ reader: inout MemberReader) throws(CeremonyError) -> Digest {
        guard let digest = Digest(wire: try text(name, &reader).string) else {
            throw malformed("A digest of the statement is none.")
        }
        return digest
    }

    /// Opens a statement of that kind; the caller finishes the reader.
    static func reader(_ json: JSONValue, _ kind: CeremonyKind) throws(CeremonyError) -> MemberReader {
        guard var reader = try? MemberReader(json) else { throw malformed("The statement is no object.") }
        guard try text("type", &reader) == kind.type else {
            throw CeremonyError(.wrongKind, "The statement is of another type.")
        }
        return reader
    }

    /// Unknown members are refused, and so is another spelling of the same statement (a time with an offset, for
    /// instance): the digest of what was read has to be the digest of what was sent.
    static func finish(_ reader: MemberReader, rebuilt: JSONValue, sent: JSONValue) throws(CeremonyError) {
        guard (try? reader.finish()) != nil, rebuilt == sent else {
            throw malformed("The statement has an unknown member or another spelling than ours.")
        }
    }

    static func malformed(_ detail: Text) -> CeremonyError { CeremonyError(.malformedStatement, detail) }

    private static func time(_ name: Text, _ reader: inout MemberReader) throws(CeremonyError) -> Timestamp {
        guard let time = Timestamp(rfc3339: try text(name, &reader).string) else {
            throw malformed("A time of the statement is no RFC 3339.")
        }
        return time
    }
}
