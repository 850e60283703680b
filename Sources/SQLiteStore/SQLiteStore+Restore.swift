package import CanonicalEncoding
import GRDB

extension SQLiteStore {
    /// Says on purpose that this store, though its anchor has seen a later state, is the one that serves from now on: its
    /// epoch rises above both, everything in it that is not terminal becomes stale (invariant S14), and the anchor follows.
    ///
    /// If we crash between the two, the store's epoch is above its anchor's and it opens. Returns the new epoch.
    @discardableResult
    package static func acknowledgeRestore(
        directory: String, anchor: String? = nil, now: Timestamp
    ) throws(StoreOpeningError) -> Int64 {
        let file = try AnchorFile(besides: directory, chosen: anchor)
        let held = try StoreDirectory(directory)
        guard try held.hasDatabase() else {
            throw StoreOpeningError(
                .unavailable, "\(held.databasePath) does not exist.", hint: "Put the backup into the directory first.")
        }
        // An anchor that cannot be read must not stand in the way of the one act that replaces it.
        var known: StoreAnchor?
        var isUnreadable = false
        do throws(StoreOpeningError) { known = try file.read() } catch { isUnreadable = true }
        let pool = try StoreOpening.pool(held, now: now)
        var current = try AnchorCheck.current(pool, path: held.databasePath)
        // What the anchor had seen is lost with it, and an epoch that was used before would bring old votes and tokens back:
        // one as large as the seconds of the clock was never reached by counting restores.
        let floor = known == nil && (isUnreadable || current.logSize > 0) ? now.seconds : 0
        let (epoch, overflow) = max(current.epoch, known?.epoch ?? 0, floor).addingReportingOverflow(1)
        guard !overflow else { throw StoreOpening.damaged(held.databasePath, "its epoch cannot rise") }
        do {
            // S14: the epoch rises before anything serves.
            try pool.write { database in
                _ = try SQLConnection(database: database).run("UPDATE store SET epoch = ?", [.integer(epoch)])
            }
        } catch { throw StoreOpening.opening(held.databasePath, error) }
        current.epoch = epoch
        do throws(SystemError) { try file.write(current) } catch { throw StoreDirectory.unavailable(file.path, error) }
        do { try pool.close() } catch { throw StoreOpening.opening(held.databasePath, error) }
        return epoch
    }
}
