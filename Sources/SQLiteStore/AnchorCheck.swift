import AuthorityPorts
import CanonicalEncoding
import GRDB

/// Whether a store is what its anchor has seen, or something later (invariant S14).
enum AnchorCheck {
    /// What an anchor of the store as it stands would say.
    static func current(_ pool: DatabasePool, path: String) throws(StoreOpeningError) -> StoreAnchor {
        do {
            return try pool.read { database in
                let reader = SQLiteReader(database)
                let size = try reader.logSize()
                let leaf = size > 0 ? try reader.leafHash(at: size - 1) : nil
                let anchor = try reader.connection.first("SELECT store_id, epoch FROM store") {
                    row throws(StoreError) in
                    StoreAnchor(
                        store: Text(Hex.encode(try row.bytes())), epoch: try row.integer(), logSize: size,
                        newestLeaf: leaf)
                }
                guard let anchor else { throw StoreOpening.damaged(path, "it has no epoch") }
                return anchor
            }
        } catch { throw StoreOpening.opening(path, error) }
    }

    /// A store with a higher epoch than its anchor was restored on purpose and serves. With the same epoch it must hold at
    /// least the entries that the anchor has seen, the newest of them unchanged: a copy that went its own way fails there.
    static func check(
        _ current: StoreAnchor, against known: StoreAnchor?, _ file: AnchorFile, _ pool: DatabasePool
    ) throws(StoreOpeningError) {
        guard let known else {
            guard current.logSize == 0, current.epoch == 1 else {
                throw StoreOpeningError(
                    .missingAnchor,
                    "The store has \(current.logSize) log entries, but its anchor \(file.path) is gone.",
                    hint:
                        "Put the anchor back; if it is lost, run `countersign restore`, which makes all open requests stale."
                )
            }
            return
        }
        guard current.store == known.store else {
            throw StoreOpeningError(
                .behindAnchor, "The anchor \(file.path) belongs to another store.",
                hint: "Name this store's own anchor; to begin anew, move the old anchor away.")
        }
        if current.epoch > known.epoch { return }
        guard current.epoch == known.epoch, current.logSize >= known.logSize else {
            throw behind("The store ends at log entry \(current.logSize), its anchor has seen \(known.logSize)")
        }
        guard try leaf(at: known.logSize - 1, pool, file) == known.newestLeaf else {
            throw behind("Log entry \(known.logSize - 1) of the store is not the one that its anchor has seen")
        }
    }

    /// The anchor remembers a store, and there is none.
    static func vanished(_ known: StoreAnchor, _ file: AnchorFile) -> StoreOpeningError {
        StoreOpeningError(
            .behindAnchor,
            "There is no store, but the anchor \(file.path) has seen one with \(known.logSize) log entries.",
            hint: "Restore the newest backup; to begin anew, move the anchor away.")
    }

    private static func behind(_ problem: String) -> StoreOpeningError {
        StoreOpeningError(
            .behindAnchor, "\(problem): this is an older or another copy.",
            hint: "Put the newest copy back; if this one is a backup that is to serve, run `countersign restore`."
        )
    }

    private static func leaf(
        at index: Int64, _ pool: DatabasePool, _ file: AnchorFile
    ) throws(StoreOpeningError) -> Digest? {
        guard index >= 0 else { return nil }
        do { return try pool.read { try SQLiteReader($0).leafHash(at: index) } } catch {
            throw StoreOpening.opening(file.path, error)
        }
    }
}
