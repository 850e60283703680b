package import CanonicalEncoding

/// What stands behind the challenge of a login or an enrolment: nothing is decided, a random nonce makes it unique, and the
/// domain keeps it from being taken for a vote.
package struct EntranceStatement: Hashable, Sendable {
    /// Which of the two.
    package enum Purpose: Sendable, CaseIterable {
        case enrolment
        case login

        var kind: CeremonyKind { self == .enrolment ? .enrolment : .login }
    }

    package let purpose: Purpose
    package let authority: StatementAuthority
    /// The person who enrols; nil at a login, where nobody is known yet.
    package let person: Text?
    package let life: StatementLife

    package init(purpose: Purpose, authority: StatementAuthority, person: Text?, life: StatementLife) {
        self.purpose = purpose
        self.authority = authority
        self.person = person
        self.life = life
    }

    /// Strict: every member, no other member, our own spelling.
    package init(json: JSONValue, purpose: Purpose) throws(CeremonyError) {
        var reader = try StatementMembers.reader(json, purpose.kind)
        self.purpose = purpose
        authority = try StatementMembers.authority(&reader)
        person = json["person"] == nil ? nil : try StatementMembers.text("person", &reader)
        life = try StatementMembers.life(&reader)
        try StatementMembers.finish(reader, rebuilt: self.json, sent: json)
    }

    package var json: JSONValue {
        var object = JSONObject()
        object["type"] = .string(purpose.kind.type)
        object["person"] = person.map(JSONValue.string)
        StatementMembers.write(authority, life, into: &object)
        return .object(object)
    }

    /// `SHA-256("countersign.enrolment.v1" or "countersign.login.v1" ‖ 0x00 ‖ JCS(statement))`.
    package var challenge: CeremonyChallenge { CeremonyChallenge(purpose.kind, statement: json) }
}
