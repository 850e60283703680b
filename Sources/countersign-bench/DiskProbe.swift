import Foundation

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
private final class GroupedFile: @unchecked Sendable {
    private let condition = NSCondition()
    private let file: Int32
    private var waiting: [UInt8] = []
    private var arrived = 0
    private var durable = 0
    private var isFlushing = false
    private var gone = 0

    init(_ file: Int32) { self.file = file }

    var records: Int { condition.withLock { durable } }

    func append(_ record: [UInt8]) {
        condition.lock()
        defer { condition.unlock() }
        waiting += record
        arrived += 1
        let mine = arrived
        while durable < mine {
            if isFlushing {
                condition.wait()
                continue
            }
            isFlushing = true
            let bytes = waiting
            let last = arrived
            waiting = []
            condition.unlock()
            _ = write(file, bytes, bytes.count)
            fdatasync(file)
            condition.lock()
            durable = last
            isFlushing = false
            condition.broadcast()
        }
    }

    func leave() {
        condition.withLock {
            gone += 1
            condition.broadcast()
        }
    }

    func waitUntilGone(_ count: Int) {
        condition.lock()
        while gone < count { condition.wait() }
        condition.unlock()
    }

    func close() { Glibc.close(file) }
}
