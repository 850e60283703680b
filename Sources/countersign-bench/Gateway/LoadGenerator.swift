import Foundation

/// Calls that were written ahead, by so many callers on kept connections, each sending its next one when the last is answered. One thread
/// plays them all, so that the client costs less than what it measures.
struct LoadGenerator {
    struct Result {
        let perSecond: Double
        let latencies: Latencies
    }

    private struct Caller {
        let connection: Connection
        let calls: [[UInt8]]
        var sent = 0
        var sentAt = 0.0
        var answer = ArrivingMessage()

        /// False: it has no more.
        mutating func sendNext() throws -> Bool {
            guard sent < calls.count else { return false }
            sentAt = Stopwatch.wallNow()
            try connection.send(calls[sent])
            sent += 1
            return true
        }

        /// Microseconds from sending to the end of the answer; nil while it has not all come.
        mutating func receive(_ scratch: inout [UInt8]) throws -> Double? {
            let count = read(connection.file, &scratch, scratch.count)
            guard count > 0 else { throw BenchError("a connection was lost under load") }
            answer.take(scratch[..<count])
            guard answer.isComplete else { return nil }
            guard answer.begins(with: "HTTP/1.1 200"), answer.contains(EchoTool.mark) else {
                throw BenchError(
                    "a call was not answered: \(String(decoding: answer.bytes.prefix(600), as: UTF8.self))")
            }
            answer.clear()
            return Stopwatch.wallNow() - sentAt
        }
    }

    /// The calls of each caller.
    static func run(_ calls: [[[UInt8]]], at place: Connection.Place) throws -> Result {
        var callers = try calls.map { Caller(connection: try Connection(port: place.port), calls: $0) }
        defer { for caller in callers { caller.connection.close() } }
        var files = callers.map { pollfd(fd: $0.connection.file, events: Int16(POLLIN), revents: 0) }
        var scratch = [UInt8](repeating: 0, count: 65_536)
        var times: [Double] = []
        var busy = 0
        let watch = Stopwatch()
        for index in callers.indices where try callers[index].sendNext() { busy += 1 }
        while busy > 0 {
            guard poll(&files, nfds_t(files.count), 60_000) > 0 else { throw BenchError("no answer for a minute") }
            for index in files.indices where files[index].revents != 0 {
                guard let time = try callers[index].receive(&scratch) else { continue }
                times.append(time)
                guard try !callers[index].sendNext() else { continue }
                files[index].fd = -1
                busy -= 1
            }
        }
        return Result(
            perSecond: Double(times.count) / (watch.wallMicroseconds / 1e6), latencies: Latencies(times))
    }
}
