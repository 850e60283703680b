import Foundation

/// `countersign serve` as a child of its own, on a store that a `BenchAuthority` has filled and closed.
final class ServerProcess {
    private static let firstPort = Int.random(in: 20_000..<28_000)
    static let agents = Connection.Place("127.0.0.1", firstPort)
    static let console = Connection.Place("localhost", firstPort + 1)
    static let local = Connection.Place("127.0.0.1", firstPort + 2)

    /// From its start until it says that it is ready, in seconds.
    private(set) var secondsToReady = 0.0
    private let child: Process

    init(program: String, directory: String) throws {
        let watch = Stopwatch()
        child = Process()
        child.executableURL = URL(fileURLWithPath: program)
        child.arguments = [
            "serve", "--data", "\(directory)/data", "--agents", Self.agents.host,
            "--people", Self.console.host, "--local", Self.local.host,
            "--log-level", "error",
        ]
        child.standardError = FileHandle.nullDevice
        // One client plays thousands: it must not be held for that.
        child.environment = ProcessInfo.processInfo.environment.merging([
            "COUNTERSIGN_AGENTS_LIMIT_CALLER": "1000000/1000000", "COUNTERSIGN_PEOPLE_LIMIT_CALLER": "1000000/1000000",
        ]) { $1 }
        try child.run()
        while true {
            if let answer = try? Connection.exchange("GET", "/readyz", at: Self.local),
                answer.hasPrefix("HTTP/1.1 200")
            {
                break
            }
            guard child.isRunning, watch.wallMicroseconds < 20e6 else {
                end()
                throw BenchError("\(program) serve did not start")
            }
            usleep(1_000)
        }
        secondsToReady = watch.wallMicroseconds / 1e6
    }

    var figures: ProcessFigures { ProcessFigures(id: child.processIdentifier) }

    /// How many wait for a change, by the server's own count (refreshed once a second).
    func waiting() throws -> Int {
        let metrics = try Connection.exchange("GET", "/metrics", at: Self.local)
        let line = metrics.split(separator: "\n").first { $0.hasPrefix("countersign_waiting ") }
        return line.flatMap { $0.split(separator: " ").last }.flatMap { Double($0) }.map { Int($0) } ?? 0
    }

    func untilWaiting(_ count: Int) throws {
        let watch = Stopwatch()
        while try waiting() != count {
            guard watch.wallMicroseconds < 40e6 else {
                throw BenchError("\(try waiting()) wait, and not \(count)")
            }
            usleep(100_000)
        }
    }

    /// Seconds from SIGTERM until the child is gone.
    func terminate() -> Double {
        let watch = Stopwatch()
        child.terminate()
        while child.isRunning, watch.wallMicroseconds < 20e6 { usleep(2_000) }
        let seconds = watch.wallMicroseconds / 1e6
        end()
        return seconds
    }

    /// Whatever has come of the rows, no child is left running.
    func end() {
        if child.isRunning { kill(child.processIdentifier, SIGKILL) }
        child.waitUntilExit()
    }
}
