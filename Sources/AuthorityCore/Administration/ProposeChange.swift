import ApprovalPolicy
import AuthorityPorts
package import CanonicalEncoding
package import DomainModel
import SecretMaterial
import TransparencyLog
import WireProtocol

/// Who proposes a change. Proposing decides nothing.
package enum Proposer: Sendable {
    case viewer(Viewer)
    /// The command line of the server's own host and user.
    case operatorOfHost

    var name: Text {
        switch self {
        case .viewer(let viewer): "person:\(viewer.person.id.text)"
        case .operatorOfHost: "operator"
        }
    }
}

/// Writes down a change that an administrator may confirm. What could not be applied is refused here, with the reason.
package struct ProposeChange: Sendable {
    let authority: Authority

    package init(_ authority: Authority) {
        self.authority = authority
    }

    package func run(by proposer: Proposer, change: Change) async throws(AuthorityError) -> ChangeProposal {
        if case .viewer(let viewer) = proposer { try viewer.requireAdministrator() }
        let now = authority.now
        let authority = authority
        let proposal = ChangeProposal(
            id: ChangeID(at: now, random: authority.surroundings.random(16)), change: change,
            proposedBy: proposer.name, createdAt: now,
            expiresAt: now.adding(seconds: authority.settings.changeSeconds))
        return try await authority.write("propose change") { transaction in
            try ChangeApplication(authority: authority, by: proposer.name, at: now)
                .check(change, reader: transaction)
            try transaction.insert(proposal)
            try transaction.append(.proposed(proposal, epoch: authority.store.epoch))
            return proposal
        }
    }
}

/// One change proposal, for pages and for the command line that waits for it.
package struct ReadChange: Sendable {
    let authority: Authority

    package init(_ authority: Authority) {
        self.authority = authority
    }

    package func run(id: Text) async throws(AuthorityError) -> ChangeProposal {
        guard let id = ChangeID(id) else { throw .notFound("no handle of a change") }
        let change = try await authority.read { try $0.change(id) }
        guard let change else { throw .notFound("\(id) is not there") }
        return change
    }
}

extension LogEntry {
    static func proposed(_ proposal: ChangeProposal, epoch: Int64) -> LogEntry {
        LogEntry(
            kind: "change.proposed", subject: proposal.id.text, at: proposal.createdAt, epoch: epoch,
            body: [
                "kind": proposal.change.json["kind"] ?? .null, "by": .string(proposal.proposedBy),
                "digest": "\(proposal.digest.wire)",
            ])
    }

    static func changed(
        _ proposal: ChangeProposal, at now: Timestamp, epoch: Int64, more: JSONObject
    ) -> LogEntry {
        var body: JSONObject = [
            "status": "\(proposal.status.rawValue)", "digest": "\(proposal.digest.wire)",
            "confirmations": .array(
                proposal.confirmations.map { confirmation in
                    [
                        "person": .string(confirmation.person.text), "decision": "\(confirmation.decision.rawValue)",
                        "statement":
                            "\(Digest(domain: "countersign.change.v1", confirmation.evidence.statement).wire)",
                        "signature": "\(Digest(sha256: confirmation.evidence.signature).wire)",
                    ]
                }),
        ]
        for member in more.members { body[member.name] = member.value }
        let kind = proposal.status == .proposed ? "confirmed" : proposal.status.rawValue
        return LogEntry(kind: "change.\(kind)", subject: proposal.id.text, at: now, epoch: epoch, body: body)
    }
}
