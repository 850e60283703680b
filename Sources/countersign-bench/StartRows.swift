import AuthorityCore
import CanonicalEncoding
import Foundation
import SQLiteStore

/// From nothing to ready with a thousand stored requests, what it then holds, and the shortest command.
struct StartRows {
    let program: String

    func run(into report: inout Report) async throws {
        let bench = try await BenchAuthority(in: BenchAuthority.freshDirectory())
        let caller = try await bench.caller()
        for _ in 0..<1_000 {
            _ = try await OpenRequest(bench.authority).run(
                caller, body: ["action": Workload.action(bytes: 150)], idempotencyKey: nil)
        }
        try await bench.store.close()
        let spawn = try seconds(of: "/bin/true", [])
        var ready: [Double] = []
        var memory = 0.0
        for round in 0..<3 {
            let server = try ServerProcess(program: program, directory: bench.directory)
            defer { server.end() }
            ready.append(server.secondsToReady)
            if round == 2 {
                sleep(2)
                memory = try server.figures.residentKilobytes() / 1024
            }
            _ = server.terminate()
        }
        report.add(
            "start to ready, 1,000 stored requests", ready.min() ?? 0, "s", .reported("≤ 0.3 s"),
            beside: "spawn of `true` \(Report.text(spawn * 1000)) ms")
        report.add("idle memory", memory, "MB resident", .atMost(45), beside: "–")
        report.add(
            "`countersign --version`", try seconds(of: program, ["--version"]) * 1000, "ms", .reported("≤ 10 ms"),
            beside: "spawn of `true` \(Report.text(spawn * 1000)) ms")
        try FileManager.default.removeItem(atPath: bench.directory)
    }

    /// The median of twenty runs.
    private func seconds(of program: String, _ arguments: [String]) throws -> Double {
        let times = try (0..<20).map { _ in
            let watch = Stopwatch()
            let child = Process()
            child.executableURL = URL(fileURLWithPath: program)
            child.arguments = arguments
            child.standardOutput = FileHandle.nullDevice
            try child.run()
            var status: Int32 = 0
            waitpid(child.processIdentifier, &status, 0)
            return watch.wallMicroseconds / 1e6
        }
        return Latencies(times).percentile(0.5)
    }
}
