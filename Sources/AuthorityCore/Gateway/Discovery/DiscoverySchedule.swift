/// When a server is asked what it offers: at once when something says that it may have changed, less often the more it says so,
/// and from time to time because it may have said nothing. Counted in seconds that somebody else lets pass.
struct DiscoverySchedule: Sendable {
    static let interval: Int64 = 60
    private static let greatestPause: Int64 = 60

    private(set) var isRunning = false
    private var isWanted = false
    private var sinceLast: Int64 = 0
    private var dueIn: Int64 = 0
    /// The least time between two askings; doubles while the server keeps saying that it changed.
    private var pause: Int64 = 0
    private var failures: Int64 = 0

    /// Something may have changed. True: ask now.
    mutating func want() -> Bool {
        isWanted = true
        return begin(if: sinceLast >= pause)
    }

    /// True: ask now.
    mutating func letOneSecondPass() -> Bool {
        guard !isRunning else { return false }
        sinceLast += 1
        dueIn -= 1
        return begin(if: dueIn <= 0 || isWanted && sinceLast >= pause)
    }

    private mutating func begin(if isDue: Bool) -> Bool {
        guard isDue, !isRunning else { return false }
        isRunning = true
        pause = isWanted ? min(max(pause * 2, 1), Self.greatestPause) : 0
        isWanted = false
        return true
    }

    mutating func succeeded() { end(dueIn: Self.interval, failures: 0) }

    /// Whoever could not be asked is asked as soon as it says that it can be.
    mutating func failed() {
        end(dueIn: min(1 << min(failures, 6), Self.greatestPause), failures: failures + 1)
        pause = 0
    }

    private mutating func end(dueIn: Int64, failures: Int64) {
        isRunning = false
        sinceLast = 0
        self.dueIn = dueIn
        self.failures = failures
    }
}
