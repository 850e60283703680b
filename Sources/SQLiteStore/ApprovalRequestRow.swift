import AuthorityPorts
import CanonicalEncoding
import DomainModel

/// The rows of requests and what belongs to them, in the order of the columns that the statements name.
extension SQLiteReader {
    static func request(_ row: inout StoredRow) throws(StoreError) -> ApprovalRequest {
        let id: RequestID = try row.id()
        let progress = try progress(&row)
        let agent: AgentID = try row.name()
        let keyThumbprint = try row.text()
        let digest = try row.digest()
        let epoch = try row.integer()
        let tier: Tier = try row.word()
        let createdAt = try row.time()
        let submitted = try row.json()
        let action = try row.document()
        let submission = try StoredRow.parsed { () throws(MemberError) in
            try Submission(stored: submitted, action: action)
        }
        let assessed = try row.json()
        let rendering = try row.document()
        let assessment = try StoredRow.parsed { () throws(MemberError) in
            try Assessment(stored: assessed, rendering: rendering)
        }
        // The guards look at the columns, people at the bodies: they must say the same.
        guard submission.agent == agent, submission.keyThumbprint == keyThumbprint, submission.digest == digest,
            submission.epoch == epoch, submission.createdAt == createdAt, assessment.tier == tier
        else { throw StoreError.damaged("the row of \(id) and its submission differ") }
        return ApprovalRequest(id: id, submission: submission, assessment: assessment, progress: progress)
    }

    static func progress(_ row: inout StoredRow) throws(StoreError) -> Progress {
        let status: RequestStatus = try row.word()
        let revision = try row.integer()
        let endReason: EndReason? = try row.optionalWord()
        var progress = Progress(
            status: status, revision: revision, expiresAt: try row.time(), updatedAt: try row.time())
        progress.endReason = endReason
        progress.supersededBy = try row.optionalID()
        progress.grant = try grant(&row)
        progress.execution = try row.optionalID()
        return progress
    }

    private static func grant(_ row: inout StoredRow) throws(StoreError) -> Grant? {
        let id: GrantID? = try row.optionalID()
        let txn = try row.optionalText()
        let audience: AgentID? = try row.optionalName()
        let tokenID = try row.optionalText()
        let tokenExpiresAt = try row.optionalTime()
        switch (id, txn, audience, tokenID, tokenExpiresAt) {
        case (nil, nil, nil, nil, nil): return nil
        case (let id?, let txn?, let audience?, let tokenID?, let tokenExpiresAt?):
            return Grant(id: id, txn: txn, audience: audience, tokenID: tokenID, tokenExpiresAt: tokenExpiresAt)
        default: throw StoreError.damaged("a grant is stored in part")
        }
    }

    static func vote(_ row: inout StoredRow) throws(StoreError) -> Vote {
        Vote(
            request: try row.id(), person: try row.name(), decision: try row.word(), castAt: try row.time(),
            expiresAt: try row.time(), assurance: try row.integer(),
            evidence: try row.json(AssertionEvidence.init(json:)),
            withdrawnAt: try row.optionalTime())
    }

    static func execution(_ row: inout StoredRow) throws(StoreError) -> Execution {
        let id: ExecutionID = try row.id()
        let request: RequestID = try row.id()
        let executor: AgentID = try row.name()
        let digest = try row.digest()
        let claimedAt = try row.time()
        let deadline = try row.time()
        let status: Execution.Status = try row.word()
        let completion = try row.optionalJSON(Completion.init(json:))
        let lateCompletion = try row.optionalJSON(Completion.init(json:))
        var execution = Execution(
            id: id, request: request, executor: executor, digest: digest, claimedAt: claimedAt, deadline: deadline,
            status: status, aftermath: try row.optionalJSON(Aftermath.init(json:)) ?? .none)
        execution.completion = completion
        execution.lateCompletion = lateCompletion
        return execution
    }

    static func review(_ row: inout StoredRow) throws(StoreError) -> Review {
        Review(
            id: try row.id(), execution: try row.id(), request: try row.id(), cause: try row.word(),
            openedAt: try row.time(), dueAt: try row.time())
    }
}

/// The columns of a request that move, in the order in which the statements name them.
extension Progress {
    var values: [SQLValue] {
        [
            .word(status), .integer(revision), .word(endReason), .time(expiresAt), .time(updatedAt),
            .id(supersededBy), .id(grant?.id), .text(grant?.txn), .name(grant?.audience), .text(grant?.tokenID),
            .time(grant?.tokenExpiresAt), .id(execution),
        ]
    }
}
