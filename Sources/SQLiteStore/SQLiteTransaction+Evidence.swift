import AuthorityPorts
import CanonicalEncoding
import DomainModel

/// What people and executors say about a request.
extension SQLiteTransaction {
    /// S7: while a vote of a person counts, a second one is `alreadyExists`. The schema says so once more.
    func insert(_ vote: Vote) throws {
        let count = try connection.run(
            """
            INSERT INTO votes (request, person, decision, cast_at, expires_at, assurance, evidence, withdrawn_at)
            SELECT ?, ?, ?, ?, ?, ?, ?, ? WHERE NOT EXISTS (
                SELECT 1 FROM votes WHERE request = ? AND person = ? AND withdrawn_at IS NULL
                    AND (decision = 'deny' OR expires_at > ?))
            """,
            [
                .id(vote.request), .name(vote.person), .word(vote.decision), .time(vote.castAt), .time(vote.expiresAt),
                .integer(vote.assurance), .json(vote.evidence.json), .time(vote.withdrawnAt), .id(vote.request),
                .name(vote.person), .time(vote.castAt),
            ])
        guard count == 1 else { throw StoreError.alreadyExists("a vote of \(vote.person) on \(vote.request) counts") }
        note(.request(vote.request))
    }

    func withdrawVote(on request: RequestID, by person: PersonID, at now: Timestamp) throws -> Bool {
        let count = try connection.run(
            """
            UPDATE votes SET withdrawn_at = ? WHERE request = ? AND person = ? AND withdrawn_at IS NULL
                AND (decision = 'deny' OR expires_at > ?)
            """, [.time(now), .id(request), .name(person), .time(now)])
        if count > 0 { note(.request(request)) }
        return count > 0
    }

    /// S13, S16: an execution ends once, and whoever comes second learns it.
    func finish(_ id: ExecutionID, as status: Execution.Status, completion: Completion?) throws -> Bool {
        try changed(
            connection.first(
                "UPDATE executions SET status = ?, completion = ? WHERE id = ? AND status = 'executing' RETURNING request",
                [.word(status), .json(completion?.json), .id(id)]
            ) { row throws(StoreError) in try row.id() })
    }

    func keepLateCompletion(_ completion: Completion, of id: ExecutionID) throws -> Bool {
        try changed(
            connection.first(
                "UPDATE executions SET late_completion = ? WHERE id = ? AND late_completion IS NULL RETURNING request",
                [.json(completion.json), .id(id)]
            ) { row throws(StoreError) in try row.id() })
    }

    private func changed(_ request: RequestID?) -> Bool {
        guard let request else { return false }
        note(.request(request))
        return true
    }

    func insert(_ review: Review) throws {
        try connection.run(
            "INSERT INTO reviews (id, execution, request, cause, opened_at, due_at) VALUES (?, ?, ?, ?, ?, ?)",
            [
                .id(review.id), .id(review.execution), .id(review.request), .word(review.cause),
                .time(review.openedAt), .time(review.dueAt),
            ])
        note(.request(review.request))
        note(.inventory)
    }
}
