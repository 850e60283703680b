import GRDB

/// The demo's target: a real database of orders that the authority never writes.
struct OrdersDatabase: Sendable {
    /// What the demo reads back to see whether something really happened.
    struct Contents: Hashable, Sendable {
        var total: Int
        var void: Int
        /// Of the order that the agent changes.
        var statusOfSeven: String
    }

    let path: String

    /// Twelve orders, three of them void, number 7 open.
    func create() throws {
        let queue = try DatabaseQueue(path: path)
        try queue.write { database in
            try database.execute(
                sql: """
                    CREATE TABLE orders (
                        id INTEGER PRIMARY KEY,
                        customer TEXT NOT NULL,
                        total_cents INTEGER NOT NULL,
                        status TEXT NOT NULL
                    ) STRICT
                    """)
            for id in 1...12 {
                let status = id % 4 == 0 ? "void" : id % 3 == 0 ? "shipped" : "open"
                try database.execute(
                    sql: "INSERT INTO orders VALUES (?, ?, ?, ?)",
                    arguments: [id, "customer-\(id)", 1_250 * id, status])
            }
        }
        try queue.close()
    }

    func contents() throws -> Contents {
        var configuration = Configuration()
        configuration.readonly = true
        let queue = try DatabaseQueue(path: path, configuration: configuration)
        defer { try? queue.close() }
        return try queue.read { database in
            Contents(
                total: try Int.fetchOne(database, sql: "SELECT count(*) FROM orders") ?? 0,
                void: try Int.fetchOne(database, sql: "SELECT count(*) FROM orders WHERE status = 'void'") ?? 0,
                statusOfSeven: try String.fetchOne(database, sql: "SELECT status FROM orders WHERE id = 7") ?? "")
        }
    }
}
