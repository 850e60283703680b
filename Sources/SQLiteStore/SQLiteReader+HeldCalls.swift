import AuthorityPorts
import CanonicalEncoding
import DomainModel

extension SQLiteReader {
    func progress(of id: RequestID) throws -> Progress? {
        try connection.first(
            """
            SELECT status, revision, end_reason, expires_at, updated_at, superseded_by, grant_id, txn, audience, token_id,
                token_expires_at, execution FROM requests WHERE id = ?
            """, [.id(id)], Self.progress)
    }

    func heldCall(_ request: RequestID) throws -> HeldCall? {
        try connection.first("\(Self.selectHeldCall) WHERE h.request = ?", [.id(request)], Self.heldCall)
    }

    /// S8: agent, key and proof are those of whoever asks.
    func heldCall(sameAs call: HeldCall, at now: Timestamp) throws -> HeldCall? {
        try connection.first(
            """
            \(Self.selectHeldCall) JOIN requests r ON r.id = h.request
            WHERE h.agent = ? AND h.digest = ? AND h.key_thumbprint = ? AND h.proof = ? AND h.handed_over_at IS NULL
                AND (r.status = 'executing' OR (h.answer IS NOT NULL AND h.expires_at > ?)
                    OR (\(Self.isBeforeClaim) AND r.expires_at > ?))
            ORDER BY h.request DESC LIMIT 1
            """,
            [
                .name(call.agent), .digest(call.digest), .text(call.keyThumbprint), .word(call.proof), .time(now),
                .time(now),
            ],
            Self.heldCall)
    }

    func staleCall(sameAs call: HeldCall) throws -> RequestID? {
        try connection.first(
            """
            SELECT h.request FROM held_calls h JOIN requests r ON r.id = h.request
            WHERE h.agent = ? AND h.digest = ? AND h.key_thumbprint = ? AND r.status = 'stale'
                AND r.superseded_by IS NULL
            ORDER BY h.request DESC LIMIT 1
            """, [.name(call.agent), .digest(call.digest), .text(call.keyThumbprint)]
        ) { row throws(StoreError) in try row.id() }
    }

    func heldTasks(agent: AgentID, keyThumbprint: Text, limit: Int) throws -> [RequestID] {
        try connection.all(
            """
            SELECT h.request FROM held_calls h WHERE h.agent = ? AND h.key_thumbprint = ? AND h.is_task = 1
            ORDER BY h.request DESC LIMIT ?
            """, [.name(agent), .text(keyThumbprint), .count(limit)]
        ) { row throws(StoreError) in try row.id() }
    }

    func waitingTasks() throws -> [RequestID] {
        try connection.all(
            """
            SELECT h.request FROM held_calls h JOIN requests r ON r.id = h.request
            WHERE h.is_task = 1 AND \(Self.isBeforeClaim) ORDER BY h.request
            """
        ) { row throws(StoreError) in try row.id() }
    }

    func executions(by executor: AgentID) throws -> [ExecutionID] {
        try connection.all(
            "SELECT e.id FROM executions e WHERE e.status = 'executing' AND e.executor = ? ORDER BY e.id",
            [.name(executor)]
        ) { row throws(StoreError) in try row.id() }
    }

    private static let isBeforeClaim = Migration.isOne("r.status", of: "pending approved granted")

    private static let selectHeldCall = """
        SELECT h.request, h.agent, h.key_thumbprint, h.digest, h.created_at, h.is_task, h.expires_at, h.answer,
            h.handed_over_at, h.proof
        FROM held_calls h
        """

    private static func heldCall(_ row: inout StoredRow) throws(StoreError) -> HeldCall {
        let (request, agent, key) = (try row.id() as RequestID, try row.name() as AgentID, try row.text())
        let (digest, createdAt) = (try row.digest(), try row.time())
        let (isTask, expiresAt) = (try row.bool(), try row.time())
        let (answer, handedOverAt) = (try row.optionalDocument(), try row.optionalTime())
        return HeldCall(
            request: request, agent: agent, keyThumbprint: key, proof: try row.word(), digest: digest,
            createdAt: createdAt, isTask: isTask, expiresAt: expiresAt, answer: answer, handedOverAt: handedOverAt)
    }
}
