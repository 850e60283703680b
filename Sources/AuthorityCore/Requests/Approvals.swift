import ApprovalWorkflow
import AuthorityPorts
import CanonicalEncoding
import DomainModel

/// The votes on a request as they count now: every voter's eligibility is read again (invariants S4 and S7).
struct Approvals: Sendable {
    let requirement: ApprovalRequirement
    let votes: [Vote]
    let result: QuorumResult

    init(
        of request: ApprovalRequest, requirement: ApprovalRequirement, reader: any StoreReader, at now: Timestamp
    ) throws {
        self.requirement = requirement
        votes = try reader.votes(on: request.id)
        let separation = try Separation(request, requirement: requirement, reader: reader)
        var eligible: [EligibleVote] = []
        for vote in votes where vote.decision == .approve && vote.withdrawnAt == nil {
            guard let facts = try VoterFacts(vote, reader: reader),
                case .success(let groups) = Eligibility.standing(
                    of: facts, for: requirement, request: request.submission.createdAt, separation: separation),
                let counted = EligibleVote(vote, groups: groups)
            else { continue }
            eligible.append(counted)
        }
        result = Quorum.tally(eligible, requirement: requirement, at: now)
    }
}

extension Separation {
    /// Owner and key creator as they are now; an agent that vanished counts for everybody's no.
    init(_ request: ApprovalRequest, requirement: ApprovalRequirement, reader: any StoreReader) throws {
        let submission = request.submission
        guard let agent = try reader.agent(submission.agent),
            let key = agent.keys.first(where: { $0.thumbprint == submission.keyThumbprint })
        else { throw StoreError.damaged("\(request.id) names an agent or a key that is not there") }
        self.init(
            owner: agent.owner, keyCreators: key.createdBy,
            delegators: try Self.delegators(of: submission, reader: reader),
            ownerMayApprove: requirement.ownerMayApprove)
    }

    /// Who answers for the agents that handed the task on, as far as the agent says it: a request that names its parent comes
    /// out of that one. An agent's own earlier request delegates nothing.
    private static func delegators(of submission: Submission, reader: any StoreReader) throws -> [PersonID] {
        try TaskChain(of: submission.context, reader: reader).parents.map(\.submission.agent)
            .filter { $0 != submission.agent }
            .compactMap { try reader.agent($0)?.owner }
    }
}

extension VoterFacts {
    /// What is known now of the person and of the passkey that signed; nil when either is gone or disabled.
    init?(_ vote: Vote, reader: any StoreReader) throws {
        guard let passkey = try reader.passkey(credentialID: vote.evidence.credentialID) else { return nil }
        try self.init(passkey, reader: reader)
    }

    init?(_ passkey: Passkey, reader: any StoreReader) throws {
        guard passkey.disabledAt == nil, let person = try reader.person(passkey.person) else { return nil }
        self.init(
            person: person, passkeyCreatedAt: passkey.createdAt,
            memberships: try reader.memberships(of: .person(person.id)), assurance: passkey.assurance)
    }
}
