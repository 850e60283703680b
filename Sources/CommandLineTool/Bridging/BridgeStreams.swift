import CanonicalEncoding
import Dispatch
import Foundation
import Glibc
import Synchronization

/// What the client writes, read on a thread of its own: a read that waits must not hold up the answers.
final class BridgeInput: Sendable {
    let lines: AsyncStream<MessageLines.Line>
    private let continuation: AsyncStream<MessageLines.Line>.Continuation

    /// - Parameter limit: what one message may hold.
    init(_ descriptor: Int32, limit: Int) {
        let (lines, continuation) = AsyncStream<MessageLines.Line>.makeStream()
        self.lines = lines
        self.continuation = continuation
        Thread.detachNewThread {
            var splitter = MessageLines(limit: limit)
            while let bytes = Self.read(descriptor) {
                for line in splitter.lines(in: bytes) { continuation.yield(line) }
            }
            continuation.finish()
        }
    }

    /// As if the client had closed its end.
    func end() { continuation.finish() }

    /// Nil: there will be nothing more.
    private static func read(_ descriptor: Int32) -> [UInt8]? {
        while true {
            var count = 0
            let bytes = [UInt8](unsafeUninitializedCapacity: 65_536) { buffer, initialized in
                count = Glibc.read(descriptor, buffer.baseAddress, buffer.count)
                initialized = max(count, 0)
            }
            if count > 0 { return bytes }
            guard count < 0, errno == EINTR || errno == EAGAIN else { return nil }
            var wanted = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
            poll(&wanted, 1, -1)
        }
    }
}

/// What goes to the client: whole lines, one after another, in the order in which they were given.
final class BridgeOutput: Sendable {
    private struct State {
        var waiting = 0
        var isBroken = false
    }

    private let descriptor: Int32
    private let onBroken: @Sendable () -> Void
    private let queue = DispatchQueue(label: "countersign.mcp.output")
    private let state = Mutex(State())
    /// A client that leaves so much unread is gone.
    private static let waitingLimit = 128 << 20

    /// - Parameter onBroken: called once, when nobody reads any more.
    init(_ descriptor: Int32, onBroken: @escaping @Sendable () -> Void) {
        self.descriptor = descriptor
        self.onBroken = onBroken
    }

    /// - Parameter message: a JSON document. Line ends can only stand between its parts, and become spaces.
    func write(_ message: [UInt8]) {
        var line = message
        for index in line.indices where line[index] == UInt8(ascii: "\n") || line[index] == UInt8(ascii: "\r") {
            line[index] = UInt8(ascii: " ")
        }
        line.append(UInt8(ascii: "\n"))
        let (fits, ready) = state.withLock { state in
            state.waiting += line.count
            return (state.waiting <= Self.waitingLimit, line)
        }
        guard fits else { return giveUp() }
        queue.async { self.send(ready) }
    }

    /// Returns when everything is written, or nobody reads.
    func flush() async {
        await withCheckedContinuation { continuation in queue.async { continuation.resume() } }
    }

    private func send(_ line: [UInt8]) {
        guard !state.withLock({ $0.isBroken }) else { return }
        var rest = line[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
            if count > 0 {
                rest = rest.dropFirst(count)
            } else {
                guard count < 0, errno == EINTR || errno == EAGAIN else { return giveUp() }
                var wanted = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
                poll(&wanted, 1, -1)
            }
        }
        state.withLock { $0.waiting -= line.count }
    }

    private func giveUp() {
        let isFirst = state.withLock { state in
            defer { state.isBroken = true }
            return !state.isBroken
        }
        if isFirst { onBroken() }
    }
}
