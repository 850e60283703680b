package import AuthorityPorts
package import CanonicalEncoding
import GRDB
package import Logging
import Synchronization

/// The authority's state in one SQLite file, for one process (`docs/decisions/0004-sqlite-through-grdb.md`).
///
/// Every acknowledged write is on the disk: WAL with `synchronous=FULL`, one fsync for all that arrive together. No
/// state is kept in memory between calls but a copy of the inventory, dropped by whatever changes it, so that a store whose
/// disk was full or read-only serves again as soon as it is not.
package final class SQLiteStore: Store {
    package let epoch: Int64

    private let pool: DatabasePool
    private let commits: GroupCommit
    private let observers: Observers
    private let anchor: AnchorKeeper
    /// Nil once the store is closed: letting go of it releases the lock.
    private let directory: Mutex<StoreDirectory?>

    /// Opens the store in `directory`, or creates it where nothing is.
    ///
    /// - Parameters:
    ///   - directory: its own, 0700; the parent exists.
    ///   - anchor: a path outside of it; `DIRECTORY.anchor` where none is given.
    ///   - now: kept as the time of creation.
    package static func open(
        directory: String, anchor: String? = nil, now: Timestamp,
        logger: Logger = Logger(label: "countersign.store")
    ) throws(StoreOpeningError) -> SQLiteStore {
        try open(directory: directory, anchor: anchor, now: now, logger: logger, fault: .none)
    }

    /// For tests that let commits fail.
    package static func open(
        directory: String, anchor: String?, now: Timestamp,
        logger: Logger, fault: CommitFault
    ) throws(StoreOpeningError) -> SQLiteStore {
        let file = try AnchorFile(besides: directory, chosen: anchor)
        let held = try StoreDirectory(directory)
        let known = try file.read()
        if let known, try !held.hasDatabase() { throw AnchorCheck.vanished(known, file) }
        let pool = try StoreOpening.pool(held, now: now)
        let current = try AnchorCheck.current(pool, path: held.databasePath)
        try AnchorCheck.check(current, against: known, file, pool)
        let keeper = AnchorKeeper(file: file, current: current, logger: logger)
        do throws(SystemError) { try keeper.write() } catch { throw StoreDirectory.unavailable(file.path, error) }
        return SQLiteStore(held, pool, keeper, epoch: current.epoch, fault: fault)
    }

    private init(
        _ directory: consuming StoreDirectory, _ pool: DatabasePool, _ anchor: AnchorKeeper, epoch: Int64,
        fault: CommitFault
    ) {
        let observers = Observers()
        self.directory = Mutex(directory)
        self.pool = pool
        self.anchor = anchor
        self.epoch = epoch
        self.observers = observers
        commits = GroupCommit(pool: pool, fault: fault) { committed in
            if let entry = committed.newestEntry { anchor.advance(logSize: entry.logSize, newestLeaf: entry.leaf) }
            observers.notify(committed.changes)
        }
    }

    /// Joins the next group commit and returns once it is on the disk.
    package func write<Value: Sendable>(
        _ step: StaticString, _ body: @escaping @Sendable (any StoreTransaction) throws -> Value
    ) async throws -> Value {
        try await withCheckedThrowingContinuation { continuation in
            commits.submit(
                GroupCommit.Job(
                    perform: { transaction in
                        do {
                            let value = try body(transaction)
                            return (
                                true,
                                { $0.map(continuation.resume(throwing:)) ?? continuation.resume(returning: value) }
                            )
                        } catch {
                            return (false, { continuation.resume(throwing: $0 ?? StoreError.passing(error)) })
                        }
                    },
                    refuse: { continuation.resume(throwing: $0 ?? .unavailable("\(step) was not written")) }))
        }
    }

    package func read<Value: Sendable>(
        _ body: @escaping @Sendable (any StoreReader) throws -> Value
    ) async throws -> Value {
        do { return try await pool.read { try body(SQLiteReader($0)) } } catch { throw StoreError.passing(error) }
    }

    package var revision: UInt64 { commits.revision }
    package var inventoryRevision: UInt64 { commits.inventoryRevision }

    /// How many writes wait for their turn.
    package var waiting: Int { commits.waiting }

    func onWriter<Value: Sendable>(_ body: @escaping @Sendable (Database) throws -> Value) async throws -> Value {
        do { return try await pool.writeWithoutTransaction { try body($0) } } catch { throw StoreError.passing(error) }
    }

    package func observeChanges(_ notify: @escaping @Sendable ([StoreChange]) -> Void) {
        observers.add(notify)
    }

    /// Writes what waits, brings the anchor up to date, empties the WAL, releases the lock. Later calls are refused as
    /// unavailable. A second close does nothing.
    package func close() async throws {
        commits.close()
        guard let held = directory.withLock({ $0.take() }) else { return }
        do {
            // What was accepted before is committed before anything is closed.
            repeat { try await pool.writeWithoutTransaction { _ in } } while commits.isAtWork
            observers.removeAll()
            try anchor.write()
            pool.invalidateReadOnlyConnections()
            try await pool.writeWithoutTransaction { _ = try $0.checkpoint(.truncate) }
            try pool.close()
        } catch { throw StoreError.passing(error) }
        _ = consume held
    }
}

/// Whoever wants to know of changes.
private final class Observers: Sendable {
    private let list = Mutex<[@Sendable ([StoreChange]) -> Void]>([])

    func add(_ notify: @escaping @Sendable ([StoreChange]) -> Void) { list.withLock { $0.append(notify) } }
    func removeAll() { list.withLock { $0.removeAll() } }

    func notify(_ changes: Set<StoreChange>) {
        guard !changes.isEmpty else { return }
        let observers = list.withLock { $0 }
        guard !observers.isEmpty else { return }
        let changes = Array(changes)
        for notify in observers { notify(changes) }
    }
}
