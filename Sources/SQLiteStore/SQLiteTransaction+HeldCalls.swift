import AuthorityPorts
import CanonicalEncoding
import DomainModel

extension SQLiteTransaction {
    func insert(_ call: HeldCall) throws {
        try connection.run(
            """
            INSERT INTO held_calls (request, agent, key_thumbprint, digest, created_at, is_task, expires_at, answer,
                handed_over_at, proof) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            """,
            [
                .id(call.request), .name(call.agent), .text(call.keyThumbprint), .digest(call.digest),
                .time(call.createdAt), .bool(call.isTask), .time(call.expiresAt),
                call.answer.map { .document($0) } ?? .null,
                .time(call.handedOverAt), .word(call.proof),
            ])
    }

    func makeTask(_ request: RequestID) throws {
        try connection.run("UPDATE held_calls SET is_task = 1 WHERE request = ?", [.id(request)])
    }

    func keep(_ answer: CanonicalDocument, of request: RequestID, until: Timestamp) throws -> Bool {
        try connection.run(
            """
            UPDATE held_calls SET answer = ?, expires_at = max(expires_at, ?) WHERE request = ? AND answer IS NULL
            """, [.document(answer), .time(until), .id(request)]) == 1
    }

    func handOver(_ request: RequestID, at now: Timestamp) throws -> Bool {
        try connection.run(
            """
            UPDATE held_calls SET handed_over_at = ?
            WHERE request = ? AND answer IS NOT NULL AND handed_over_at IS NULL
            """, [.time(now), .id(request)]) == 1
    }

    func forgetHeldCalls(at now: Timestamp, handedOver: Timestamp) throws {
        try connection.run(
            """
            DELETE FROM held_calls WHERE expires_at <= ? AND NOT EXISTS (
                SELECT 1 FROM requests r WHERE r.id = held_calls.request AND \(Self.isOpen))
            """, [.time(now)])
        try connection.run("DELETE FROM held_calls WHERE is_task = 0 AND handed_over_at <= ?", [.time(handedOver)])
    }
}
