import AuthorityPorts
import CanonicalEncoding
import GRDB
import Synchronization

/// Bodies that arrive while a commit is on its way to the disk share the next one: one transaction, one fsync, each body
/// in a savepoint of its own, each caller answered only after the COMMIT.
///
/// There is no timer: a body that comes alone starts at once. Cancelling a caller's task takes nothing back: what was
/// queued runs, and the caller gets its answer.
final class GroupCommit: Sendable {
    /// Answers one caller: nil after the COMMIT, or why there was none.
    typealias Answer = @Sendable (StoreError?) -> Void

    struct Job: Sendable {
        /// Runs the body and returns how to answer, whether it succeeded or threw.
        let perform: @Sendable (SQLiteTransaction) -> (didSucceed: Bool, answer: Answer)
        let refuse: Answer
    }

    /// Told what a commit changed, on the writer's thread.
    struct Committed {
        var changes: Set<StoreChange> = []
        var newestEntry: (logSize: Int64, leaf: Digest)?
    }

    private struct Queue {
        var waiting: [Job] = []
        var isDraining = false
        var isClosed = false
    }

    /// How many callers may wait: beyond it the store is unavailable rather than slow without end.
    static let capacity = 4096
    /// How many bodies share a commit at most: it bounds what the first of them waits for the last.
    static let greatestBatch = 256

    private let pool: DatabasePool
    private let queue = Mutex(Queue())
    /// Taken by the batch that runs and put back after its commit.
    private let memory = Mutex(InventoryMemory())
    private let commits = Atomic<UInt64>(1)
    private let inventoryCommits = Atomic<UInt64>(1)
    private let fault: CommitFault
    private let didCommit: @Sendable (Committed) -> Void

    init(pool: DatabasePool, fault: CommitFault, didCommit: @escaping @Sendable (Committed) -> Void) {
        self.pool = pool
        self.fault = fault
        self.didCommit = didCommit
    }

    func submit(_ job: Job) {
        enum Place { case full, closed, queued, first }
        let place: Place = queue.withLock { queue in
            if queue.isClosed { return .closed }
            guard queue.waiting.count < Self.capacity else { return .full }
            queue.waiting.append(job)
            defer { queue.isDraining = true }
            return queue.isDraining ? .queued : .first
        }
        switch place {
        case .full: job.refuse(.unavailable("\(Self.capacity) writes are waiting already"))
        case .closed: job.refuse(.unavailable("the store is closed"))
        case .queued: break
        case .first: lead()
        }
    }

    /// Whoever finds nobody at work writes the first batch on its own thread: a caller alone is spared two changes of threads,
    /// which on a quiet machine cost as much as the disk (docs/decisions/0042-first-writer-leads.md). Those who came meanwhile are
    /// the writer's, so that no caller works for others without end.
    private func lead() {
        pool.writeWithoutTransaction { database in
            if let batch = nextBatch() { commit(batch, in: database) }
        }
        if isDone() { return }
        pool.asyncWriteWithoutTransaction { self.drain($0) }
    }

    /// See `Store.revision`.
    var revision: UInt64 { commits.load(ordering: .sequentiallyConsistent) }
    /// See `Store.inventoryRevision`.
    var inventoryRevision: UInt64 { inventoryCommits.load(ordering: .sequentiallyConsistent) }

    var waiting: Int { queue.withLock { $0.waiting.count } }
    /// Whether somebody writes, or is about to.
    var isAtWork: Bool { queue.withLock { $0.isDraining } }

    /// From now on nothing is taken; what waits is still written.
    func close() {
        queue.withLock { $0.isClosed = true }
    }

    private func drain(_ database: Database) {
        while let batch = nextBatch() { commit(batch, in: database) }
    }

    /// Whether nobody waits; then the next one leads again.
    private func isDone() -> Bool {
        queue.withLock { queue in
            queue.isDraining = !queue.waiting.isEmpty
            return !queue.isDraining
        }
    }

    private func nextBatch() -> [Job]? {
        queue.withLock { queue in
            guard !queue.waiting.isEmpty else {
                queue.isDraining = false
                return nil
            }
            if queue.waiting.count <= Self.greatestBatch {
                defer { queue.waiting.removeAll(keepingCapacity: true) }
                return queue.waiting
            }
            defer { queue.waiting.removeFirst(Self.greatestBatch) }
            return Array(queue.waiting.prefix(Self.greatestBatch))
        }
    }

    private func commit(_ batch: [Job], in database: Database) {
        var committed = Committed()
        var answers: [Answer] = []
        answers.reserveCapacity(batch.count)
        do throws(StoreError) {
            let connection = SQLConnection(database: database)
            try connection.run("BEGIN IMMEDIATE")
            let transaction = SQLiteTransaction(database, memory: try takeMemory(connection))
            defer {
                commits.add(1, ordering: .sequentiallyConsistent)
                if transaction.touchesInventory { inventoryCommits.add(1, ordering: .sequentiallyConsistent) }
            }
            let hasEffects = try perform(batch, in: transaction, database, &answers, &committed)
            // If we crash before the COMMIT nothing has happened; after it everything has, answered or not.
            if let failure = fault.beforeCommit() { throw failure }
            try connection.run(hasEffects ? "COMMIT" : "ROLLBACK")
            if let failure = fault.afterCommit() { throw failure }
            if let filled = transaction.memory, !filled.isFull { memory.withLock { $0 = filled } }
        } catch {
            if database.isInsideTransaction { _ = try? SQLConnection(database: database).run("ROLLBACK") }
            let failure = Self.failure(error)
            for answer in answers { answer(failure) }
            for job in batch.dropFirst(answers.count) { job.refuse(failure) }
            return
        }
        for answer in answers { answer(nil) }
        didCommit(committed)
    }

    /// What the last batch remembered, unless somebody else has written to the file since.
    private func takeMemory(_ connection: SQLConnection) throws(StoreError) -> InventoryMemory {
        let version = try connection.first("PRAGMA data_version") { row throws(StoreError) in try row.integer() }
        let taken = memory.withLock { memory in
            defer { memory = InventoryMemory() }
            return memory
        }
        if taken.dataVersion == version { return taken }
        var empty = InventoryMemory()
        empty.dataVersion = version
        return empty
    }

    /// Runs the bodies one after another. One that throws leaves nothing; its caller too is answered only after the
    /// COMMIT, because what it saw may not come to be. Returns whether any succeeded.
    private func perform(
        _ batch: [Job], in transaction: SQLiteTransaction, _ database: Database, _ answers: inout [Answer],
        _ committed: inout Committed
    ) throws(StoreError) -> Bool {
        let connection = SQLConnection(database: database)
        var hasEffects = false
        for job in batch {
            if batch.count > 1 { try connection.run("SAVEPOINT body") }
            let (didSucceed, answer) = job.perform(transaction)
            answers.append(answer)
            // A full disk or an I/O error ends the transaction whole: then nobody's body has happened.
            guard database.isInsideTransaction else {
                throw StoreError.unavailable("SQLite gave up the transaction: \(database.lastErrorMessage ?? "")")
            }
            let taken = transaction.takeChanges()
            if didSucceed {
                hasEffects = true
                committed.changes.formUnion(taken.changes)
                committed.newestEntry = taken.newestEntry ?? committed.newestEntry
            } else if batch.count > 1 {
                try connection.run("ROLLBACK TO body")
            }
            if batch.count > 1 { try connection.run("RELEASE body") }
        }
        return hasEffects
    }

    /// What everybody of a batch that did not commit hears. Damage stays damage; a constraint is none of theirs.
    private static func failure(_ error: StoreError) -> StoreError {
        switch error {
        case .damaged, .unavailable: error
        case .alreadyExists(let message): .unavailable(message)
        }
    }
}
