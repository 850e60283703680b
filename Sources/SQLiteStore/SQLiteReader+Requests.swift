import AuthorityPorts
import CanonicalEncoding
import DomainModel

extension SQLiteReader {
    func request(_ id: RequestID) throws -> ApprovalRequest? { try storedRequest(id) }

    func storedRequest(_ id: RequestID) throws(StoreError) -> ApprovalRequest? {
        try connection.first("\(Self.selectRequest) WHERE r.id = ?", [.id(id)], Self.request)
    }

    func votes(on request: RequestID) throws -> [Vote] {
        try connection.all(
            """
            SELECT request, person, decision, cast_at, expires_at, assurance, evidence, withdrawn_at
            FROM votes WHERE request = ? ORDER BY position
            """, [.id(request)], Self.vote)
    }

    func execution(_ id: ExecutionID) throws -> Execution? {
        try connection.first("\(Self.selectExecution) WHERE e.id = ?", [.id(id)], Self.execution)
    }

    func execution(executor: AgentID, idempotencyKey: Text) throws -> (execution: Execution, bodyDigest: Digest)? {
        let row = try connection.first(
            """
            SELECT e.id, e.request, e.executor, e.digest, e.claimed_at, e.deadline, e.status, e.completion,
                e.late_completion, e.aftermath, i.body_digest
            FROM idempotency i JOIN executions e ON e.id = i.object
            WHERE i.kind = 'execution' AND i.caller = ? AND i.key = ?
            """, [.name(executor), .text(idempotencyKey)]
        ) { row throws(StoreError) in (try Self.execution(&row), try row.digest()) }
        return row.map { (execution: $0.0, bodyDigest: $0.1) }
    }

    func request(agent: AgentID, idempotencyKey: Text) throws -> (request: RequestID, bodyDigest: Digest)? {
        let row = try connection.first(
            "SELECT object, body_digest FROM idempotency WHERE kind = 'request' AND caller = ? AND key = ?",
            [.name(agent), .text(idempotencyKey)]
        ) { row throws(StoreError) -> (RequestID, Digest) in (try row.id(), try row.digest()) }
        return row.map { (request: $0.0, bodyDigest: $0.1) }
    }

    /// V1: what must end by time is found through the index of what is open, however much has ended.
    func requestsDue(at now: Timestamp, limit: Int) throws -> [RequestID] {
        try connection.all(
            """
            SELECT r.id FROM requests r WHERE \(Self.isOpen) AND r.due_at <= ? ORDER BY r.due_at, r.id LIMIT ?
            """, [.time(now), .count(limit)]
        ) { row throws(StoreError) in try row.id() }
    }

    func executionsDue(at now: Timestamp, limit: Int) throws -> [ExecutionID] {
        try connection.all(
            """
            SELECT e.id FROM executions e WHERE e.status = 'executing' AND e.deadline <= ?
            ORDER BY e.deadline, e.id LIMIT ?
            """, [.time(now), .count(limit)]
        ) { row throws(StoreError) in try row.id() }
    }

    /// S14: everything that is not terminal and older than the last restore.
    func requestsOfEarlierEpochs(limit: Int) throws -> [RequestID] {
        try connection.all(
            """
            SELECT r.id FROM requests r WHERE \(Self.isOpen) AND r.epoch < (SELECT epoch FROM store)
            ORDER BY r.id LIMIT ?
            """, [.count(limit)]
        ) { row throws(StoreError) in try row.id() }
    }

    func reviews(limit: Int) throws -> [Review] {
        try connection.all(
            "SELECT id, execution, request, cause, opened_at, due_at FROM reviews ORDER BY id DESC LIMIT ?",
            [.count(limit)], Self.review)
    }

    static let selectRequest = """
        SELECT r.id, r.status, r.revision, r.end_reason, r.expires_at, r.updated_at, r.superseded_by,
            r.grant_id, r.txn, r.audience, r.token_id, r.token_expires_at, r.execution,
            r.agent, r.key_thumbprint, r.digest, r.epoch, r.tier, r.created_at, 
            b.submission, b.action, b.assessment, b.rendering
        FROM requests r JOIN request_bodies b ON b.request = r.id
        """

    /// Word for word what the index `requests_open` says, so that SQLite uses it.
    static let isOpen = Migration.isOne("r.status", of: "pending approved granted executing")

    /// The same of the index `requests_ended`.
    static let isEnded = Migration.isOne("r.status", of: "failed violated unknown denied cancelled expired stale")

    static let selectExecution = """
        SELECT e.id, e.request, e.executor, e.digest, e.claimed_at, e.deadline, e.status, e.completion, e.late_completion,
            e.aftermath
        FROM executions e
        """
}
