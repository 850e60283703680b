package import CanonicalEncoding
package import DomainModel

/// What a vote is about: everything that was shown, by digest.
package struct VoteSubject: Hashable, Sendable {
    package let request: Text
    package let action: Digest
    package let rendering: Digest
    package let policy: Digest

    package init(request: Text, action: Digest, rendering: Digest, policy: Digest) {
        self.request = request
        self.action = action
        self.rendering = rendering
        self.policy = policy
    }
}

/// Who said what. The decision is inside the signed statement, so an approve cannot become a deny, or the reverse.
package struct VoteAnswer: Hashable, Sendable {
    package let decision: Decision
    package let approver: Text
    /// The criteria that the approver ticked, in the order in which they were shown; at most 64.
    package let criteria: [Text]

    package init(decision: Decision, approver: Text, criteria: [Text]) {
        self.decision = decision
        self.approver = approver
        self.criteria = criteria
    }
}

/// The statement that a passkey signs when a person decides: `authority.md`, "The vote". Its members are a contract.
package struct VoteStatement: Hashable, Sendable {
    package let authority: StatementAuthority
    package let subject: VoteSubject
    package let answer: VoteAnswer
    package let life: StatementLife

    package init(authority: StatementAuthority, subject: VoteSubject, answer: VoteAnswer, life: StatementLife) {
        self.authority = authority
        self.subject = subject
        self.answer = answer
        self.life = life
    }

    /// Strict: every member, no other member, our own spelling.
    package init(json: JSONValue) throws(CeremonyError) {
        var reader = try StatementMembers.reader(json, .vote)
        authority = try StatementMembers.authority(&reader)
        subject = VoteSubject(
            request: try StatementMembers.text("request", &reader),
            action: try StatementMembers.digest("action", &reader),
            rendering: try StatementMembers.digest("rendering", &reader),
            policy: try StatementMembers.digest("policy", &reader))
        answer = VoteAnswer(
            decision: try StatementMembers.decision(&reader),
            approver: try StatementMembers.text("approver", &reader),
            criteria: try Self.criteria(&reader))
        life = try StatementMembers.life(&reader)
        try StatementMembers.finish(reader, rebuilt: self.json, sent: json)
    }

    /// The members as the contract names them.
    package var json: JSONValue {
        var object = JSONObject()
        object["type"] = .string(CeremonyKind.vote.type)
        object["request"] = .string(subject.request)
        object["action"] = .string(Text(subject.action.wire))
        object["rendering"] = .string(Text(subject.rendering.wire))
        object["policy"] = .string(Text(subject.policy.wire))
        object["decision"] = .string(Text(answer.decision.rawValue))
        object["approver"] = .string(answer.approver)
        object["criteria"] = .array(answer.criteria.map(JSONValue.string))
        StatementMembers.write(authority, life, into: &object)
        return .object(object)
    }

    /// `SHA-256("countersign.vote.v1" ‖ 0x00 ‖ JCS(statement))`.
    package var challenge: CeremonyChallenge { CeremonyChallenge(.vote, statement: json) }

    private static func criteria(_ reader: inout MemberReader) throws(CeremonyError) -> [Text] {
        guard let values = try? reader.array("criteria"), values.count <= 64 else {
            throw StatementMembers.malformed("criteria is no list of at most 64 texts.")
        }
        let texts = values.compactMap(\.textValue)
        guard texts.count == values.count, texts.allSatisfy({ $0.utf8.count <= StatementMembers.longestText }) else {
            throw StatementMembers.malformed("criteria is no list of at most 64 texts.")
        }
        return texts
    }
}
