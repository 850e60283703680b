import AuthorityPorts
import GRDB

/// What doctor and tests ask of an open store.
extension SQLiteStore {
    /// What SQLite says about the writer's promises.
    package struct Durability: Sendable, Hashable {
        /// 2 is FULL: a commit returns after the disk has it.
        package var synchronous: Int
        package var journal: String
        /// After how many pages of WAL the writer checkpoints.
        package var checkpointPages: Int
        /// 2 is MEMORY: what a savepoint keeps lies in no file.
        package var temporaryStore: Int

        package init(synchronous: Int, journal: String, checkpointPages: Int, temporaryStore: Int) {
            self.synchronous = synchronous
            self.journal = journal
            self.checkpointPages = checkpointPages
            self.temporaryStore = temporaryStore
        }
    }

    /// Asked of the connection that writes.
    package func durability() async throws -> Durability {
        try await onWriter { database in
            Durability(
                synchronous: try Int.fetchOne(database, sql: "PRAGMA synchronous") ?? -1,
                journal: try String.fetchOne(database, sql: "PRAGMA journal_mode") ?? "",
                checkpointPages: try Int.fetchOne(database, sql: "PRAGMA wal_autocheckpoint") ?? -1,
                temporaryStore: try Int.fetchOne(database, sql: "PRAGMA temp_store") ?? -1)
        }
    }

    /// Bounds the file, as a full disk would; for tests of that.
    package func limitPages(to count: Int) async throws {
        try await onWriter { try $0.execute(sql: "PRAGMA max_page_count = \(count)") }
    }

    /// How many writes may wait.
    package static var capacity: Int { GroupCommit.capacity }
}
