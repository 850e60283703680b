import AuthorityPorts
import CanonicalEncoding
import DomainModel
import GRDB

/// Everything that is checked before a store serves. It refuses; it never repairs.
enum StoreOpening {
    /// A quick check reads the whole file: up to this size it takes a fraction of a second. Beyond it the schema, the
    /// newest rows and each page as it is read (`cell_size_check`) are checked, and `countersign doctor` does the rest.
    static let greatestSizeForWholeCheck: Int64 = 64 << 20

    /// The pool with FULL really in force, migrated to the newest schema.
    static func pool(
        _ directory: borrowing StoreDirectory, now: Timestamp
    ) throws(StoreOpeningError) -> DatabasePool {
        let path = directory.databasePath
        let isNew = try !directory.hasDatabase()
        try directory.createDatabaseFile()
        if !isNew { try checkHeader(path) }
        let pool: DatabasePool
        do {
            pool = try DatabasePool(path: path, configuration: configuration())
            try pool.writeWithoutTransaction { try prepareWriter($0) }
        } catch { throw opening(path, error) }
        do {
            try pool.writeWithoutTransaction { database in
                try checkSchema(database, path: path, isNew: isNew)
                if !isNew { try checkPages(database, path: path) }
                try migrate(database, now: now)
                // The check has read the whole file; the server begins with none of it in memory.
                try database.execute(sql: "PRAGMA shrink_memory")
            }
        } catch { throw opening(path, error) }
        return pool
    }

    private static func configuration() -> Configuration {
        var configuration = Configuration()
        configuration.foreignKeysEnabled = true
        configuration.busyMode = .timeout(5)
        configuration.maximumReaderCount = 4
        configuration.label = "countersign.store"
        configuration.prepareDatabase { database in
            try database.execute(
                sql: """
                    PRAGMA trusted_schema = OFF;
                    PRAGMA cell_size_check = ON;
                    PRAGMA mmap_size = 0;
                    PRAGMA wal_autocheckpoint = 0;
                    """)
        }
        return configuration
    }

    /// The writer alone checkpoints (SQLite before 3.51.3 can lose a write when two connections do), near 1,000 pages.
    /// GRDB sets NORMAL after `prepareDatabase`, so that FULL has to be set here, and is read back. What a savepoint needs to be
    /// taken back is kept in memory: SQLite would write it to files in a directory for all, and twice as much as the commit.
    private static func prepareWriter(_ database: Database) throws {
        try database.execute(
            sql: """
                PRAGMA synchronous = FULL; PRAGMA wal_autocheckpoint = 1000; PRAGMA cache_size = -8192;
                PRAGMA temp_store = MEMORY
                """)
        let synchronous = try Int.fetchOne(database, sql: "PRAGMA synchronous")
        let journal = try String.fetchOne(database, sql: "PRAGMA journal_mode")
        guard synchronous == 2, journal == "wal" else {
            throw StoreOpeningError(
                .notDurable, "SQLite does not promise durable commits (synchronous \(synchronous ?? -1)).",
                hint: "Put the store on a local file system that supports WAL; this is not safe to work around.")
        }
    }

    /// The first bytes of the file, before SQLite sees it.
    private static func checkHeader(_ path: String) throws(StoreOpeningError) {
        let header: [UInt8]
        do throws(SystemError) {
            header = try OpenFile(path, flags: 0).read(atMost: 100)
        } catch { throw StoreDirectory.unavailable(path, error) }
        guard header.count == 100, header.starts(with: Array("SQLite format 3\0".utf8)) else {
            throw damaged(path, "it does not begin like a database")
        }
    }

    private static func checkSchema(_ database: Database, path: String, isNew: Bool) throws {
        let version = try Int64.fetchOne(database, sql: "PRAGMA user_version") ?? 0
        let application = try Int64.fetchOne(database, sql: "PRAGMA application_id") ?? 0
        if !isNew, version > 0, application != Migration.applicationID {
            throw damaged(path, "it is the database of another program")
        }
        guard version <= Migration.newest else {
            throw StoreOpeningError(
                .newerSchema,
                "A newer release wrote this store (schema \(version); this release knows \(Migration.newest)).",
                hint: "Run that release again, or restore a backup that was made before the upgrade.")
        }
    }

    private static func checkPages(_ database: Database, path: String) throws {
        let pages = try Int64.fetchOne(database, sql: "PRAGMA page_count") ?? 0
        let pageSize = try Int64.fetchOne(database, sql: "PRAGMA page_size") ?? 0
        if pages.multipliedReportingOverflow(by: pageSize).partialValue <= greatestSizeForWholeCheck {
            let answer = try String.fetchOne(database, sql: "PRAGMA quick_check(1)")
            guard answer == "ok" else { throw damaged(path, answer ?? "its check says nothing") }
        } else {
            _ = try SQLiteReader(database).requests(.init(limit: 10))
        }
    }

    /// Each step in a transaction of its own; if we crash in between, the next start goes on.
    private static func migrate(_ database: Database, now: Timestamp) throws {
        let current = try Int64.fetchOne(database, sql: "PRAGMA user_version") ?? 0
        for migration in Migration.all where migration.version > current {
            try database.inTransaction(.immediate) {
                try database.execute(sql: migration.sql)
                try database.execute(sql: "PRAGMA user_version = \(migration.version)")
                if migration.version == 1 {
                    try database.execute(sql: "PRAGMA application_id = \(Migration.applicationID)")
                    try database.execute(
                        sql: "INSERT INTO store (one, store_id, epoch, created_at) VALUES (1, randomblob(16), 1, ?)",
                        arguments: [now.milliseconds])
                }
                return .commit
            }
        }
    }

    static func damaged(_ path: String, _ reason: String) -> StoreOpeningError {
        StoreOpeningError(
            .damaged, "\(path) is damaged: \(reason).",
            hint: "Keep a copy of the directory as it is, then restore the newest backup; nothing was changed.")
    }

    /// What a failure on the way to an open store means to the operator.
    static func opening(_ path: String, _ error: any Error) -> StoreOpeningError {
        if let error = error as? StoreOpeningError { return error }
        switch StoreError.passing(error) {
        case StoreError.damaged(let reason): return damaged(path, reason)
        case StoreError.unavailable(let reason), StoreError.alreadyExists(let reason):
            return StoreOpeningError(
                .unavailable, "\(path) cannot be opened: \(reason).",
                hint: "Check that its disk is writable and has space.")
        default:
            return StoreOpeningError(
                .unavailable, "\(path) cannot be opened: \(error).", hint: "Check its disk and its permissions.")
        }
    }
}
