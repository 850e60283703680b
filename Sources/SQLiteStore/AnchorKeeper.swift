import CanonicalEncoding
import Dispatch
import Logging
import Synchronization

/// Brings the anchor up to date after commits: at once when the last time was a second ago or more, otherwise when that
/// second is over. A file that is replaced with each commit would double the commit's price.
///
/// Why the lag is sound (invariant S14):
/// - The anchor is never ahead: it is told of entries that are durable already, so that it never refuses a store that lost
///   nothing, wherever we crash.
/// - Behind it is only while a server runs, by a second at most and the time of one write. A start writes it before anything is
///   served, and so does a close after the last commit: between two runs it says exactly what the store says.
/// - So the one copy that it lets pass is one that was made in the last second before a crash, of a store whose crashed
///   original is then put aside; what was answered within that second is lost with it. A log that publishes checkpoints has to
///   call `write` before it does. Whoever restores on purpose raises the epoch (`acknowledgeRestore`), which makes
///   everything open stale whatever the anchor says.
final class AnchorKeeper: Sendable {
    private struct State {
        var newest: StoreAnchor
        var written: StoreAnchor?
        var isScheduled = false
        /// When it was last written or tried.
        var triedAt: DispatchTime?
    }

    private let file: AnchorFile
    private let state: Mutex<State>
    private let writing = Mutex(())
    private let queue = DispatchQueue(label: "countersign.anchor")
    private let logger: Logger

    init(file: AnchorFile, current: StoreAnchor, logger: Logger) {
        self.file = file
        self.logger = logger
        state = Mutex(State(newest: current))
    }

    /// The log has grown, durably.
    func advance(logSize: Int64, newestLeaf: Digest) {
        let due: DispatchTime? = state.withLock { state in
            state.newest.logSize = logSize
            state.newest.newestLeaf = newestLeaf
            guard !state.isScheduled else { return nil }
            state.isScheduled = true
            return max(.now(), state.triedAt.map { $0 + .seconds(1) } ?? .now())
        }
        guard let due else { return }
        queue.asyncAfter(deadline: due) { [weak self] in self?.writeScheduled() }
    }

    /// Writes what is newest, unless the file says so already.
    ///
    /// One at a time: of two, the one that knows less could come last.
    func write() throws(SystemError) {
        try writing.withLock { _ throws(SystemError) in try writeNewest() }
    }

    private func writeNewest() throws(SystemError) {
        let newest = state.withLock { state in
            state.isScheduled = false
            state.triedAt = .now()
            return state.written == state.newest ? nil : state.newest
        }
        guard let newest else { return }
        try file.write(newest)
        state.withLock { $0.written = newest }
    }

    /// An anchor that cannot be written now is written with the next commit; until then an older copy would pass.
    private func writeScheduled() {
        do throws(SystemError) { try write() } catch {
            logger.warning(
                "The store's anchor could not be written; it is tried again after the next commit.",
                metadata: ["path": "\(file.path)", "reason": "\(error)"])
        }
    }
}
