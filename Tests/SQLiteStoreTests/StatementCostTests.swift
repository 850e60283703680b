import GRDB
import SQLiteStore
import Testing

/// What a row costs must not depend on how its constraints are spelt.
@Suite struct StatementCostTests {
    /// `IN` with more than two words and `RETURNING` make SQLite build a table each time the statement runs, for which it
    /// allocates a page cache: several times the cost of the row.
    @Test(arguments: [
        "INSERT INTO requests (id, status, tier) VALUES ('a', 'b', 'c')",
        "INSERT INTO request_bodies (request) VALUES ('a')",
        "INSERT INTO idempotency (kind, caller) VALUES ('a', 'b')",
        "INSERT INTO votes (request) VALUES ('a')",
        "INSERT INTO executions (id, request, status) VALUES ('a', 'b', 'c')",
        "INSERT INTO log (position) VALUES (1)",
        "UPDATE requests SET status = 'a', revision = 2 WHERE id = 'b' AND revision = 1",
        "UPDATE executions SET status = 'a', completion = 'b' WHERE id = 'c'",
        "UPDATE votes SET withdrawn_at = 1 WHERE position = 2",
    ])
    func `writing a row builds no table beside it`(statement: String) async throws {
        let scratch = try ScratchStore()
        try await scratch.fill(1)
        let database = try DatabaseQueue(path: scratch.database)
        let steps = try await database.read { database in
            try Row.fetchAll(database, sql: "EXPLAIN \(statement)").compactMap { $0["opcode"] as String? }
        }
        #expect(steps.count > 5)
        #expect(!steps.contains("OpenEphemeral"))
    }
}
