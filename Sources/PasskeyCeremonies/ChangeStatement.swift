package import CanonicalEncoding
package import DomainModel

/// The statement that an administrator's passkey signs to confirm or refuse a proposal (policy, membership, enrolment, thaw).
package struct ChangeStatement: Hashable, Sendable {
    package let authority: StatementAuthority
    /// The proposal's id.
    package let change: Text
    /// The digest of the proposal's payload, as it was shown.
    package let digest: Digest
    package let decision: Decision
    package let approver: Text
    package let life: StatementLife

    /// A proposal and its payload.
    package struct Subject: Hashable, Sendable {
        package let change: Text
        package let digest: Digest

        package init(change: Text, digest: Digest) {
            self.change = change
            self.digest = digest
        }
    }

    package init(
        authority: StatementAuthority, subject: Subject, decision: Decision, approver: Text,
        life: StatementLife
    ) {
        self.authority = authority
        change = subject.change
        digest = subject.digest
        self.decision = decision
        self.approver = approver
        self.life = life
    }

    /// Strict: every member, no other member, our own spelling.
    package init(json: JSONValue) throws(CeremonyError) {
        var reader = try StatementMembers.reader(json, .change)
        authority = try StatementMembers.authority(&reader)
        change = try StatementMembers.text("change", &reader)
        digest = try StatementMembers.digest("digest", &reader)
        decision = try StatementMembers.decision(&reader)
        approver = try StatementMembers.text("approver", &reader)
        life = try StatementMembers.life(&reader)
        try StatementMembers.finish(reader, rebuilt: self.json, sent: json)
    }

    package var json: JSONValue {
        var object = JSONObject()
        object["type"] = .string(CeremonyKind.change.type)
        object["change"] = .string(change)
        object["digest"] = .string(Text(digest.wire))
        object["decision"] = .string(Text(decision.rawValue))
        object["approver"] = .string(approver)
        StatementMembers.write(authority, life, into: &object)
        return .object(object)
    }

    /// `SHA-256("countersign.change.v1" ‖ 0x00 ‖ JCS(statement))`.
    package var challenge: CeremonyChallenge { CeremonyChallenge(.change, statement: json) }
}
