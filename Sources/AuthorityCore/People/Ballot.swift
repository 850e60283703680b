import ApprovalWorkflow
import AuthorityPorts
import CanonicalEncoding
import DomainModel
import PasskeyCeremonies
import TransparencyLog
import WireProtocol

/// One person before one request: may they decide, what would they sign, and what follows from it. Every entrance to a
/// decision goes through here.
struct Ballot {
    let authority: Authority
    let request: ApprovalRequest
    let requirement: ApprovalRequirement
    let person: PersonID
    private let separation: Separation
    private let facts: [VoterFacts]
    private let earlier: [Vote]
    private let freeze: AuthorityError?

    init(_ id: RequestID, _ person: PersonID, authority: Authority, reader: any StoreReader) throws {
        guard let request = try reader.request(id) else { throw AuthorityError.notFound("\(id) is not there") }
        guard let requirement = request.assessment.requirement else {
            throw AuthorityError(.requestNotPending, "Nobody is asked about this request: policy decided it.")
        }
        self.authority = authority
        self.request = request
        self.requirement = requirement
        self.person = person
        separation = try Separation(request, requirement: requirement, reader: reader)
        facts = try reader.passkeys(of: person).compactMap { try VoterFacts($0, reader: reader) }
        earlier = try reader.votes(on: id).filter { $0.person == person }
        freeze = try Recheck.freeze(on: request.submission, reader: reader)
    }

    /// The best that any passkey of the person can do.
    var standing: Result<[GroupID], WorkflowRefusal> {
        let standings = facts.map(standing(of:))
        if let good = standings.first(where: { if case .success = $0 { true } else { false } }) { return good }
        return standings.first ?? .failure(.notEligible)
    }

    /// Why the passkey that signed cannot decide so; nil where it can.
    func refusal(
        of decision: Decision, by passkey: Passkey, reader: any StoreReader
    ) throws -> WorkflowRefusal? {
        guard let facts = try VoterFacts(passkey, reader: reader) else { return .notEligible }
        switch decision {
        case .deny: return Eligibility.veto(of: facts, for: requirement)
        case .approve: return if case .failure(let refusal) = standing(of: facts) { refusal } else { nil }
        }
    }

    /// Whether the person may still say no: it is open to more people than an approval.
    var vetoRefusal: WorkflowRefusal? {
        guard let any = facts.first else { return .notEligible }
        return Eligibility.veto(of: any, for: requirement)
    }

    private func standing(of facts: VoterFacts) -> Result<[GroupID], WorkflowRefusal> {
        Eligibility.standing(
            of: facts, for: requirement, request: request.submission.createdAt, separation: separation)
    }

    /// An approval that has lapsed counts no more: its person may approve again.
    func hasApproved(at now: Timestamp) -> Bool {
        earlier.contains { $0.decision == .approve && $0.stands(at: now) }
    }

    /// Whether this decision is possible now. Deny is open until the claim, to everybody in a group that is asked.
    func check(_ decision: Decision, criteria: [Text], at now: Timestamp) throws(AuthorityError) {
        switch decision {
        case .deny: if let vetoRefusal { throw AuthorityError(vetoRefusal) }
        case .approve: if case .failure(let refusal) = standing { throw AuthorityError(refusal) }
        }
        if let end = Recheck.clockEnd(request, at: now) {
            throw AuthorityError(.requestEnded, "The request's time is over.", context: "\(end)")
        }
        guard request.submission.epoch == authority.store.epoch else {
            throw AuthorityError(.epochChanged, "The record was restored since; the request is void.")
        }
        switch decision {
        case .deny:
            guard request.progress.status.isBeforeClaim else { throw ended() }
        case .approve:
            guard request.progress.status == .pending else { throw ended() }
            guard !hasApproved(at: now) else { throw AuthorityError(.alreadyVoted, "You have approved this already.") }
            guard request.assessment.isApprovable else {
                throw AuthorityError(
                    .notApprovable, "Part of this action cannot be shown whole, so nobody can approve it.")
            }
            if let freeze { throw freeze }
            guard Set(requirement.criteria).isSubset(of: Set(criteria)) else {
                throw AuthorityError(.criteriaMissing, "Every criterion must be confirmed.")
            }
        }
    }

    /// What people would be asked today must be what this request asks: otherwise it ends, and is asked for again. A denial
    /// needs no such care.
    func endIfStale(
        _ decision: Decision, at now: Timestamp, in transaction: any StoreTransaction
    ) throws -> AuthorityError? {
        guard decision == .approve,
            let reason = try Recheck(authority: authority).staleness(request, reader: transaction, at: now)
        else { return nil }
        let ended = try transaction.advance(
            request, by: .becameStale(reason), at: now, epoch: authority.store.epoch)
        return AuthorityError(endOf: ended)
    }

    func statement(_ decision: Decision, criteria: [Text], at now: Timestamp) throws -> VoteStatement {
        // The vote lives for the rule's ttl; the ceremony for minutes.
        stated(
            decision, criteria: criteria.filter(requirement.criteria.contains),
            life: try authority.statementLife(from: now, seconds: requirement.voteSeconds))
    }

    /// What the server would state now, with the answer and the life of an earlier statement: equal, or something moved.
    func statement(like other: VoteStatement) throws -> VoteStatement {
        stated(other.answer.decision, criteria: other.answer.criteria, life: other.life)
    }

    private func stated(
        _ decision: Decision, criteria: [Text], life: StatementLife
    ) -> VoteStatement {
        VoteStatement(
            authority: authority.statementAuthority,
            subject: VoteSubject(
                request: request.id.text, action: request.submission.digest,
                rendering: request.assessment.renderingDigest, policy: request.assessment.policy),
            answer: VoteAnswer(decision: decision, approver: person.text, criteria: criteria), life: life)
    }

    /// Writes the vote with its entry; then the request, if the vote decides it. A denial is a veto, also of what the
    /// same person approved before.
    func record(_ vote: Vote, in transaction: any StoreTransaction) throws {
        let epoch = authority.store.epoch
        let isWithdrawal = vote.decision == .deny && hasApproved(at: vote.castAt)
        if isWithdrawal { _ = try transaction.withdrawVote(on: request.id, by: person, at: vote.castAt) }
        try transaction.insert(vote)
        authority.probe.reached(.voteAfterInsert)
        try transaction.append(.cast(vote, epoch: epoch, isWithdrawal: isWithdrawal))
        switch vote.decision {
        case .deny:
            try transaction.advance(
                request, by: isWithdrawal ? .voteWithdrawn : .vetoed, at: vote.castAt, epoch: epoch)
        case .approve:
            let approvals = try Approvals(of: request, requirement: requirement, reader: transaction, at: vote.castAt)
            guard approvals.result.isReached, let validUntil = approvals.result.validUntil else { return }
            let window = request.submission.context.window
            let until = window.map { min($0.until, validUntil) } ?? validUntil
            try transaction.advance(
                request, by: .quorumReached(votesExpireAt: until), at: vote.castAt, epoch: epoch)
        }
    }

    private func ended() -> AuthorityError {
        AuthorityError(
            .requestNotPending, "The request is \(request.progress.status.rawValue); there is nothing to decide.")
    }
}

extension LogEntry {
    /// The vote's evidence is large and names a person: it goes in by digest, and stays in the store.
    static func cast(_ vote: Vote, epoch: Int64, isWithdrawal: Bool) -> LogEntry {
        let statement = Digest(domain: "countersign.vote.v1", vote.evidence.statement)
        return LogEntry(
            kind: "vote.cast", subject: "vote:\(vote.request.text):\(vote.person.text):\(vote.decision.rawValue)",
            at: vote.castAt, epoch: epoch,
            body: [
                "request": .string(vote.request.text), "approver": .string(vote.person.text),
                "decision": "\(vote.decision.rawValue)", "statement": "\(statement.wire)",
                "signature": "\(Digest(sha256: vote.evidence.signature).wire)",
                "credential": "\(Base64URL.encode(vote.evidence.credentialID))",
                "assurance": .integer(vote.assurance), "expires_at": "\(vote.expiresAt.rfc3339)",
                "withdraws": .bool(isWithdrawal),
            ])
    }
}
