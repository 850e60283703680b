import CanonicalEncoding
import Dispatch
import Logging
import Synchronization

/// Brings the anchor up to date after commits: at most once a second, because an anchor that lags by a second still notices
/// every older copy but that of the last second, and a file that is replaced with each commit would double its price.
final class AnchorKeeper: Sendable {
    private struct State {
        var newest: StoreAnchor
        var written: StoreAnchor?
        var isScheduled = false
    }

    private let file: AnchorFile
    private let state: Mutex<State>
    private let queue = DispatchQueue(label: "countersign.anchor")
    private let logger: Logger

    init(file: AnchorFile, current: StoreAnchor, logger: Logger) {
        self.file = file
        self.logger = logger
        state = Mutex(State(newest: current))
    }

    /// The log has grown, durably.
    func advance(logSize: Int64, newestLeaf: Digest) {
        let schedules = state.withLock { state in
            state.newest.logSize = logSize
            state.newest.newestLeaf = newestLeaf
            defer { state.isScheduled = true }
            return !state.isScheduled
        }
        guard schedules else { return }
        queue.asyncAfter(deadline: .now() + .seconds(1)) { [weak self] in self?.writeScheduled() }
    }

    /// Writes what is newest, unless the file says so already.
    func write() throws(SystemError) {
        let newest = state.withLock { state in
            state.isScheduled = false
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
