package import CanonicalEncoding
package import DomainModel

/// How many people have decided, without naming them: agents learn nothing about approvers.
package struct VoteCounts: Hashable, Sendable {
    package var approved: Int64
    package var denied: Int64

    package init(approved: Int64 = 0, denied: Int64 = 0) {
        self.approved = approved
        self.denied = denied
    }
}

/// A request as an agent reads it (`planes.md`, "A request reads").
package struct RequestView: Hashable, Sendable {
    package struct Group: Hashable, Sendable {
        package var name: Text
        package var quorum: Int64
    }

    package var id: RequestID
    /// Nil when the server knows a word that this program does not.
    package var status: RequestStatus?
    package var action: Action
    package var digest: Digest
    package var reasons: [PolicyReason]
    package var groups: [Group]
    package var votes: VoteCounts
    package var endReason: Text?
    package var expiresAt: Timestamp
    /// Grows with each change; sent as the entity tag too, so that a waiter says what it knows already.
    package var revision: Int64
    /// Everything the server sent.
    package var json: JSONValue

    /// The wire form of a request.
    package static func json(_ request: ApprovalRequest, votes: VoteCounts) -> JSONValue {
        var object: JSONObject = [
            "id": .string(request.id.text),
            "status": .string(Text(request.progress.status.rawValue)),
            "action": request.submission.action.json,
            "action_digest": .string(Text(request.submission.digest.wire)),
            "tier": .string(Text(request.assessment.tier.rawValue)),
            "reasons": .array(request.assessment.reasons.map(\.json)),
            "votes": ["approved": .integer(votes.approved), "denied": .integer(votes.denied)],
            "expires_at": .string(Text(request.progress.expiresAt.rfc3339)),
            "created_at": .string(Text(request.submission.createdAt.rfc3339)),
            "updated_at": .string(Text(request.progress.updatedAt.rfc3339)),
            "revision": .integer(request.progress.revision),
        ]
        if let requirement = request.assessment.requirement {
            object["requirement"] = requirement.json(expiresAt: request.progress.expiresAt)
        }
        let progress = request.progress
        if let reason = progress.endReason { object["end_reason"] = "\(reason.rawValue)" }
        if let supersedes = request.submission.context.supersedes { object["supersedes"] = .string(supersedes.text) }
        if let supersededBy = progress.supersededBy { object["superseded_by"] = .string(supersededBy.text) }
        if let grant = progress.grant { object["grant"] = .string(grant.id.text) }
        if let execution = progress.execution { object["execution"] = .string(execution.text) }
        return .object(object)
    }

    /// Reads what a server sent. Members that this program does not know are kept in `json` and otherwise ignored: the server
    /// may be newer. What the program decides by is required, and the digest must be that of the action.
    package init(json: JSONValue) throws(MemberError) {
        var reader = try MemberReader(json)
        id = try reader.parsed(reader.text("id"), "id") { RequestID($0) }
        status = RequestStatus(rawValue: try reader.text("status").string)
        action = try Action(json: reader.required("action"))
        digest = try reader.digest("action_digest")
        guard digest == action.digest else { throw reader.error(.invalidValue, "action_digest") }
        reasons = try Self.reasons(&reader)
        groups = try Self.groups(&reader)
        votes = VoteCounts(
            approved: json["votes"]?["approved"]?.integerValue ?? 0, denied: json["votes"]?["denied"]?.integerValue ?? 0
        )
        endReason = try reader.optionalText("end_reason")
        expiresAt = try reader.timestamp("expires_at")
        revision = try reader.optionalInteger("revision") ?? 0
        self.json = json
    }

    private static func reasons(_ reader: inout MemberReader) throws(MemberError) -> [PolicyReason] {
        var reasons: [PolicyReason] = []
        for (index, item) in try reader.array("reasons").enumerated() {
            var reason = try MemberReader(item, path: reader.path(of: "reasons", element: index))
            reasons.append(PolicyReason(policy: try reason.text("policy"), text: try reason.text("text")))
        }
        return reasons
    }

    private static func groups(_ reader: inout MemberReader) throws(MemberError) -> [Group] {
        guard var requirement = try reader.optionalReader("requirement") else { return [] }
        var groups: [Group] = []
        for (index, item) in try requirement.array("groups").enumerated() {
            var group = try MemberReader(item, path: requirement.path(of: "groups", element: index))
            groups.append(Group(name: try group.text("name"), quorum: try group.integer("quorum")))
        }
        return groups
    }
}

extension PolicyReason {
    fileprivate var json: JSONValue { ["policy": .string(policy), "text": .string(text)] }
}

extension ApprovalRequirement {
    fileprivate func json(expiresAt: Timestamp) -> JSONValue {
        [
            "groups": .array(groups.map { ["name": .string($0.name.text), "quorum": .integer($0.quorum)] }),
            "expires_at": "\(expiresAt.rfc3339)",
            "vote_seconds": .integer(voteSeconds),
            "assurance": .integer(assurance),
            "criteria": .array(criteria.map { .string($0) }),
        ]
    }
}
