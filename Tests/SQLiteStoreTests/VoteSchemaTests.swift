import GRDB
import SQLiteStore
import Testing

/// The schema's own guard, for whoever writes past the store's statements.
@Suite struct VoteSchemaTests {
    /// When the second vote is cast, after one that was cast at 0 and lasts until 100.
    static let seconds: [(castAt: Int, decision: String, withdrawnAt: Int?, isRefused: Bool)] = [
        (99, "approve", nil, true), (100, "approve", nil, false), (99, "approve", 50, false), (200, "deny", nil, true),
    ]

    @Test(arguments: seconds)
    func `the schema takes a second vote of a person only when the first counts no more`(
        castAt: Int, decision: String, withdrawnAt: Int?, isRefused: Bool
    ) async throws {
        let scratch = try ScratchStore()
        try await scratch.open().close()
        var configuration = Configuration()
        configuration.foreignKeysEnabled = false
        let queue = try DatabaseQueue(path: scratch.database, configuration: configuration)
        let insert = """
            INSERT INTO votes (request, person, decision, cast_at, expires_at, assurance, evidence, withdrawn_at)
            VALUES ('req_1', 'ann', ?, ?, ?, 1, '{}', ?)
            """
        try await queue.write { try $0.execute(sql: insert, arguments: [decision, 0, 100, withdrawnAt]) }
        let isTaken =
            (try? await queue.write { try $0.execute(sql: insert, arguments: ["approve", castAt, 300, nil]) }) != nil
        #expect(isTaken != isRefused)
        // Of another person it is none of its business.
        let other = insert.replacing("'ann'", with: "'bob'")
        try await queue.write { try $0.execute(sql: other, arguments: ["approve", castAt, 300, nil]) }
        try queue.close()
    }
}
