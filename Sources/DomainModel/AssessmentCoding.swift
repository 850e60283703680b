package import CanonicalEncoding

/// The form in which stores keep assessments, the rendering apart; it is written once (invariant S18).
extension Assessment {
    package var stored: CanonicalDocument {
        CanonicalDocument { writer in
            writer.object { members in
                members.member("approvable", isApprovable)
                members.member("policy", Text(policy.wire))
                members.member("reasons") { $0.array(reasons) { $0.value($1.json) } }
                if let registration {
                    members.member("registration") { writer in
                        writer.object { members in
                            if let providers = registration.providers {
                                members.member("providers", Text(providers.wire))
                            }
                            members.member("tool", Text(registration.tool.wire))
                        }
                    }
                }
                members.member("rendering_digest", Text(renderingDigest.wire))
                if let requirement { members.member("requirement", requirement.json) }
                members.member("tier", Text(tier.rawValue))
            }
        }
    }

    /// The rendering is taken as it is: whoever shows it reads it strictly, and the reconciler compares its digest.
    package init(stored json: JSONValue, rendering: CanonicalDocument) throws(MemberError) {
        var reader = try MemberReader(json, path: "assessment")
        var reasons: [PolicyReason] = []
        for json in try reader.array("reasons") { reasons.append(try PolicyReason(json: json)) }
        var requirement: ApprovalRequirement?
        if let json = reader.optional("requirement") { requirement = try ApprovalRequirement(json: json) }
        self.init(
            policy: try reader.digest("policy"), tier: try reader.word("tier"), reasons: reasons,
            requirement: requirement,
            rendering: (document: rendering, digest: try reader.digest("rendering_digest")),
            isApprovable: try reader.bool("approvable"))
        if let json = reader.optional("registration") { registration = try Registration(json: json) }
        try reader.finish()
    }
}

extension PolicyReason {
    package var json: JSONValue { ["policy": .string(policy), "text": .string(text)] }

    package init(json: JSONValue) throws(MemberError) {
        var reader = try MemberReader(json, path: "reason")
        self.init(policy: try reader.text("policy"), text: try reader.text("text"))
        try reader.finish()
    }
}

extension ApprovalRequirement {
    package var json: JSONValue {
        [
            "groups": .array(groups.map { ["name": .string($0.name.text), "quorum": .integer($0.quorum)] }),
            "vote_seconds": .integer(voteSeconds), "assurance": .integer(assurance),
            "criteria": .array(criteria.map { .string($0) }), "wait_seconds": .integer(waitSeconds),
            "owner_may_approve": .bool(ownerMayApprove),
        ]
    }

    /// Strict; a quorum below one or no group at all is refused: zero or empty means no.
    package init(json: JSONValue) throws(MemberError) {
        var reader = try MemberReader(json, path: "requirement")
        var groups: [Group] = []
        for json in try reader.array("groups") {
            var group = try MemberReader(json, path: "requirement.groups")
            groups.append(Group(name: try group.name("name"), quorum: try group.integer("quorum")))
            try group.finish()
        }
        guard !groups.isEmpty, groups.allSatisfy({ $0.quorum >= 1 }) else {
            throw reader.error(.invalidValue, "groups")
        }
        self.init(
            groups: groups, voteSeconds: try reader.integer("vote_seconds"),
            assurance: try reader.integer("assurance"), criteria: try reader.texts("criteria"),
            waitSeconds: try reader.integer("wait_seconds"), ownerMayApprove: try reader.bool("owner_may_approve"))
        try reader.finish()
    }
}
