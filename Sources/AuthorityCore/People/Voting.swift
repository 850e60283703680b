import ApprovalWorkflow
import AuthorityPorts
package import CanonicalEncoding
package import DomainModel
import PasskeyCeremonies
import TransparencyLog
import WireProtocol

/// Opens the ceremony for one decision about one request: the statement that the passkey will sign.
package struct BeginVote: Sendable {
    let authority: Authority

    package init(_ authority: Authority) {
        self.authority = authority
    }

    /// `renderingDigest` is that of the page in front of the approver: what is signed is what was shown.
    package func run(
        _ viewer: Viewer, id: Text, decision: Decision, criteria: [Text], renderingDigest: Text
    ) async throws(AuthorityError) -> IssuedCeremony {
        guard let id = RequestID(id) else { throw .notFound("no handle of a request") }
        let now = authority.now
        let authority = authority
        let issued = try await authority.write("begin vote") { transaction -> Result<IssuedCeremony, AuthorityError> in
            let ballot = try Ballot(id, viewer.person.id, authority: authority, reader: transaction)
            try ballot.check(decision, criteria: criteria, at: now)
            if let ended = try ballot.endIfStale(decision, at: now, in: transaction) { return .failure(ended) }
            guard Text(ballot.request.assessment.renderingDigest.wire) == renderingDigest else {
                throw AuthorityError(
                    .renderingChanged, "The page does not show this request as it stands.",
                    hint: "Reload the page and read it again.")
            }
            let statement = try ballot.statement(decision, criteria: criteria, at: now)
            let ceremony = authority.newCeremony(.vote(id, viewer.person.id), statement: statement.json, at: now)
            try transaction.insert(ceremony)
            let allowed = try transaction.passkeys(of: viewer.person.id).filter { $0.disabledAt == nil }
            let options = CeremonyOptions.request(
                rp: authority.relyingParty, challenge: statement.challenge, allow: allowed.map(\.credentialID))
            return .success(IssuedCeremony(id: ceremony.id, options: options, statement: statement.json))
        }.get()
        authority.probe.reached(.voteChallengeAfterCommit)
        return issued
    }
}

/// Verifies the assertion, writes the vote, and moves the request where the vote decides it.
package struct CastVote: Sendable {
    let authority: Authority

    package init(_ authority: Authority) {
        self.authority = authority
    }

    /// The request as it is read back after the vote.
    package func run(
        _ viewer: Viewer, ceremony: Text, assertion: JSONValue
    ) async throws(AuthorityError) -> ApprovalRequest {
        let authority = authority
        authority.probe.reached(.voteBeforeTransaction)
        let taken = try await authority.takeCeremony(ceremony)
        authority.probe.reached(.voteAfterChallengeTaken)
        // A refusal that ends the request is a value, so that its end is committed.
        let request = try await authority.write("cast vote") { transaction in
            let voted = try cast(taken, by: viewer.person.id, assertion: assertion, in: transaction)
            authority.probe.reached(.voteBeforeCommit)
            return voted
        }.get()
        authority.probe.reached(.voteAfterCommit)
        return try await authority.read { reader in
            guard let read = try reader.request(request) else { throw AuthorityError.notFound("voted on \(request)") }
            return read
        }
    }

    private func cast(
        _ ceremony: Ceremony, by person: PersonID, assertion: JSONValue, in transaction: any StoreTransaction
    ) throws -> Result<RequestID, AuthorityError> {
        let now = authority.now
        guard case .vote(let id, person) = ceremony.purpose else { throw AuthorityError.ceremonyUnknown }
        let statement = try VoteStatement(json: ceremony.statement)
        guard statement.life.isAnswerable(at: now) else { throw AuthorityError.ceremonyExpired }
        let ballot = try Ballot(id, person, authority: authority, reader: transaction)
        // By the statement alone: nothing that comes with the answer can change what was signed.
        let decision = statement.answer.decision
        try ballot.check(decision, criteria: statement.answer.criteria, at: now)
        if let ended = try ballot.endIfStale(decision, at: now, in: transaction) { return .failure(ended) }
        guard statement == (try ballot.statement(like: statement)) else {
            throw AuthorityError(.renderingChanged, "The request is not what the statement says.")
        }
        let (evidence, passkey) = try authority.verifiedEvidence(
            assertion, challenge: statement.challenge, statement: ceremony.statement, at: now, in: transaction)
        if let refusal = try ballot.refusal(of: decision, by: passkey, reader: transaction) {
            throw AuthorityError(refusal)
        }
        guard passkey.person == person else { throw AuthorityError(.notEligible, "The passkey is another person's.") }
        let vote = Vote(
            request: id, person: person, decision: decision, castAt: now,
            // As signed: the server does not make a vote live longer than its statement says.
            expiresAt: statement.life.expiresAt, assurance: passkey.assurance,
            evidence: evidence)
        try ballot.record(vote, in: transaction)
        return .success(id)
    }
}
