import AuthorityPorts
import CanonicalEncoding
import DomainModel

extension SQLiteTransaction {
    func insert(_ request: ApprovalRequest, idempotency: (key: Text, bodyDigest: Digest)?) throws {
        let submission = request.submission
        try connection.run(
            """
            INSERT INTO requests (id, status, revision, end_reason, expires_at, updated_at, superseded_by, grant_id, txn,
                audience, token_id, token_expires_at, execution, agent, key_thumbprint, digest, epoch, tier, created_at)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            """,
            [.id(request.id)] + request.progress.values + [
                .name(submission.agent), .text(submission.keyThumbprint), .digest(submission.digest),
                .integer(submission.epoch), .word(request.assessment.tier), .time(submission.createdAt),
            ])
        // S18: written once; the schema refuses any change.
        try connection.run(
            "INSERT INTO request_bodies (request, submission, action, assessment, rendering) VALUES (?, ?, ?, ?, ?)",
            [
                .id(request.id), .document(submission.stored), .document(submission.document),
                .document(request.assessment.stored), .document(request.assessment.rendering),
            ])
        if let idempotency {
            try remember(kind: "request", caller: submission.agent, idempotency, object: request.id.text)
        }
        note(.request(request.id))
    }

    /// One key of one caller makes one object: a second one is `alreadyExists`.
    private func remember(
        kind: String, caller: AgentID, _ idempotency: (key: Text, bodyDigest: Digest), object: Text
    ) throws(StoreError) {
        try connection.run(
            "INSERT INTO idempotency (kind, caller, key, body_digest, object) VALUES (?, ?, ?, ?, ?)",
            [
                .uncheckedText(kind), .name(caller), .text(idempotency.key), .digest(idempotency.bodyDigest),
                .uncheckedText(object.string),
            ])
    }

    /// A lost update shows in the revision. No request becomes `executing` here: that is `claim`'s alone (S2).
    func update(_ id: RequestID, to progress: Progress, expecting expected: Int64) throws -> Bool {
        guard expected < .max, progress.revision == expected + 1 else {
            throw StoreError.unavailable("an update of \(id) names revision \(progress.revision) after \(expected)")
        }
        let count = try connection.run(
            """
            UPDATE requests SET status = ?, revision = ?, end_reason = ?, expires_at = ?, updated_at = ?,
                superseded_by = ?, grant_id = ?, txn = ?, audience = ?, token_id = ?, token_expires_at = ?, execution = ?
            WHERE id = ? AND revision = ? AND (status = 'executing' OR ? <> 'executing')
            """, progress.values + [.id(id), .integer(expected), .word(progress.status)])
        if count == 1 { note(.request(id)) }
        return count == 1
    }

    /// S2, S3, S5, S8, S14: whoever changes this row makes the one claim; every condition stands in the statement, so
    /// that there is no moment between looking and taking. The execution's row is unique for its request besides.
    func claim(
        _ guarded: ClaimGuard, execution: Execution, idempotency: (key: Text, bodyDigest: Digest)?
    ) throws -> Bool {
        guard execution.request == guarded.request, execution.digest == guarded.digest else { return false }
        let count = try connection.run(
            """
            UPDATE requests SET status = 'executing', revision = revision + 1, updated_at = ?, execution = ?
            WHERE id = ? AND status = 'granted' AND digest = ? AND key_thumbprint = ? AND txn = ? AND token_id = ?
                AND epoch = ? AND revision = ? AND ? < expires_at AND ? < token_expires_at
            """,
            [
                .time(guarded.now), .id(execution.id), .id(guarded.request), .digest(guarded.digest),
                .text(guarded.keyThumbprint), .text(guarded.txn), .text(guarded.tokenID), .integer(guarded.epoch),
                .integer(guarded.revision), .time(guarded.now), .time(guarded.now),
            ])
        guard count == 1 else { return false }
        try connection.run(
            """
            INSERT INTO executions (id, request, executor, digest, claimed_at, deadline, status, completion,
                late_completion, aftermath) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            """,
            [
                .id(execution.id), .id(execution.request), .name(execution.executor), .digest(execution.digest),
                .time(execution.claimedAt), .time(execution.deadline), .word(execution.status),
                .json(execution.completion?.json), .json(execution.lateCompletion?.json),
                .json(execution.aftermath.stored),
            ])
        if let idempotency {
            try remember(kind: "execution", caller: execution.executor, idempotency, object: execution.id.text)
        }
        note(.request(guarded.request))
        return true
    }
}
