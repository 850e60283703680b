import AuthorityPorts
import CanonicalEncoding
import DomainModel
import GRDB

/// One snapshot of the store. Its statements stand in the files beside it, by noun.
class SQLiteReader: StoreReader {
    let connection: SQLConnection
    /// The writer's; nil where a snapshot is read.
    var memory: InventoryMemory?

    init(_ database: Database) {
        connection = SQLConnection(database: database)
    }
}

/// One body's view of the transaction that it shares with those who came at the same time.
final class SQLiteTransaction: SQLiteReader, StoreTransaction {
    /// What the body has changed so far; nobody hears of it before the commit.
    private var changes: Set<StoreChange> = []
    private var newestEntry: (logSize: Int64, leaf: Digest)?

    /// Whether this batch may have changed what `InventoryMemory` holds, also in a body that was taken back.
    private(set) var touchesInventory = false

    init(_ database: Database, memory: InventoryMemory) {
        super.init(database)
        self.memory = memory
    }

    func note(_ change: StoreChange) {
        changes.insert(change)
        if change == .inventory { touchInventory() }
    }

    /// From here to the end of the batch everything is read from the tables.
    func touchInventory() {
        touchesInventory = true
        memory = nil
    }

    func noteEntry(logSize: Int64, leaf: Digest) { newestEntry = (logSize, leaf) }

    /// Hands over what a body that succeeded has changed, or forgets what one that failed had.
    func takeChanges() -> (changes: Set<StoreChange>, newestEntry: (logSize: Int64, leaf: Digest)?) {
        defer {
            changes.removeAll(keepingCapacity: true)
            newestEntry = nil
        }
        return (changes, newestEntry)
    }
}
