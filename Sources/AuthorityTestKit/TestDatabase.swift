import GRDB

/// A target that a `sqlite-count` precondition looks at.
package struct TestDatabase: Sendable {
    private let path: String

    /// A table `orders` in which every row's `status` is `void`.
    package init(path: String, rows: Int) throws {
        self.path = path
        try run("CREATE TABLE orders (id INTEGER PRIMARY KEY, status TEXT NOT NULL) STRICT")
        for _ in 0..<rows { try addRow() }
    }

    package func addRow() throws {
        try run("INSERT INTO orders (status) VALUES ('void')")
    }

    /// Writes past the store and its triggers, as a damaged disk would.
    package static func damage(_ fixture: AuthorityFixture, _ sql: String) throws {
        let queue = try DatabaseQueue(path: fixture.directory + "/data/countersign.sqlite")
        try queue.write { database in
            let triggers = try String.fetchAll(database, sql: "SELECT name FROM sqlite_master WHERE type = 'trigger'")
            for trigger in triggers { try database.execute(sql: "DROP TRIGGER \(trigger)") }
            try database.execute(sql: sql)
        }
        try queue.close()
    }

    private func run(_ sql: String) throws {
        let queue = try DatabaseQueue(path: path)
        try queue.write { try $0.execute(sql: sql) }
        try queue.close()
    }
}
