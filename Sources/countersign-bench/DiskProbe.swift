import Foundation
import Synchronization

/// What the disk gives at this moment: records appended to a fresh file and flushed with `fdatasync`.
enum DiskProbe {
    /// Median of one 512-byte append and `fdatasync`, in microseconds.
    static func single(in directory: String, count: Int = 200) throws -> Double {
        let file = try open(directory)
        defer { close(file) }
        let record = [UInt8](repeating: 7, count: 512)
        var times: [Double] = []
        for _ in 0..<count {
            let watch = Stopwatch()
            guard write(file, record, record.count) == record.count, fdatasync(file) == 0 else {
                throw BenchError("the disk probe could not write")
            }
            times.append(watch.wallMicroseconds)
        }
        return Latencies(times).percentile(0.5)
    }

    /// Records per second when so many threads each append 1 KB and wait until it is on the disk, and those who wait
    /// together share one `fdatasync`: the most that group commit can be.
    static func grouped(waiters: Int, in directory: String, seconds: Double = 1) throws -> Double {
        let group = GroupedFile(try open(directory))
        defer { group.close() }
        let watch = Stopwatch()
        let threads = (0..<waiters).map { _ in
            Thread {
                let record = [UInt8](repeating: 7, count: 1024)
                while watch.wallMicroseconds < seconds * 1e6 { group.append(record) }
                group.leave()
            }
        }
        for thread in threads { thread.start() }
        group.waitUntilGone(waiters)
        return Double(group.records) / (watch.wallMicroseconds / 1e6)
    }

    private static func open(_ directory: String) throws -> Int32 {
        let path = "\(directory)/probe"
        let file = Glibc.open(path, O_WRONLY | O_CREAT | O_TRUNC | O_APPEND | O_CLOEXEC, 0o600)
        guard file >= 0 else { throw BenchError("\(path) cannot be opened") }
        unlink(path)
        return file
    }
}

/// A file whose first waiter writes and flushes for all who came meanwhile.
private final class GroupedFile: Sendable {
    private struct State {
        var waiting: [UInt8] = []
        var arrived = 0
        var durable = 0
        var isFlushing = false
        var gone = 0
    }

    /// Wakes; what it guards stands in `state`.
    private let condition = NSCondition()
    private let state = Mutex(State())
    private let file: Int32

    init(_ file: Int32) { self.file = file }

    var records: Int { state.withLock { $0.durable } }

    func append(_ record: [UInt8]) {
        let mine = state.withLock { state in
            state.waiting += record
            state.arrived += 1
            return state.arrived
        }
        condition.lock()
        defer { condition.unlock() }
        while state.withLock({ $0.durable < mine }) {
            guard let (bytes, last) = takeWaiting() else {
                condition.wait()
                continue
            }
            condition.unlock()
            _ = write(file, bytes, bytes.count)
            fdatasync(file)
            condition.lock()
            state.withLock { state in
                state.durable = last
                state.isFlushing = false
            }
            condition.broadcast()
        }
    }

    /// Nil while somebody else is flushing.
    private func takeWaiting() -> (bytes: [UInt8], last: Int)? {
        state.withLock { state in
            guard !state.isFlushing else { return nil }
            state.isFlushing = true
            defer { state.waiting = [] }
            return (state.waiting, state.arrived)
        }
    }

    func leave() {
        condition.withLock {
            state.withLock { $0.gone += 1 }
            condition.broadcast()
        }
    }

    func waitUntilGone(_ count: Int) {
        condition.lock()
        while state.withLock({ $0.gone < count }) { condition.wait() }
        condition.unlock()
    }

    func close() { Glibc.close(file) }
}
