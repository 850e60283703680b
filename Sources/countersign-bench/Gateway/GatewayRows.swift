import CanonicalEncoding
import Foundation

/// Calls that policy allows: gated, recorded durably twice, forwarded. Beside them, in the same seconds, a bare pass-through.
struct GatewayRows {
    let program: String

    func run(into report: inout Report) async throws {
        let gateway = try await GatewayBench(program: program)
        defer { gateway.end() }
        for revision in ToolProtocol.allCases {
            try many(revision, gateway, into: &report)
            try one(revision, gateway, into: &report)
        }
    }

    /// The calls alone, for a profiler, which is told the process.
    func profile(count: Int) async throws {
        let gateway = try await GatewayBench(program: program)
        defer { gateway.end() }
        var callers = try gateway.callers(32, .sessions)
        let line =
            "the gateway is process \(gateway.server.figures.id), the pass-through \(gateway.passThrough.figures.id)\n"
        FileHandle.standardError.write(Data(line.utf8))
        for _ in 0..<(count / 4_000) {
            let round = try Round(&callers, count: 4_000, of: gateway.server.figures)
            FileHandle.standardError.write(
                Data("\(Report.text(round.processorMicroseconds)) µs, \(Report.text(round.perSecond)) /s\n".utf8))
        }
    }

    private func many(_ revision: ToolProtocol, _ gateway: GatewayBench, into report: inout Report) throws {
        var callers = try gateway.callers(32, revision)
        var bare = try gateway.bareCallers(32, revision)
        _ = try Round(&callers, count: 2_000, of: gateway.server.figures)
        _ = try Round(&bare, count: 2_000, of: gateway.passThrough.figures)
        let verification = try gateway.bench.bareVerification()
        var rounds: [Round] = []
        var bareRounds: [Round] = []
        for _ in 0..<3 {
            rounds.append(try Round(&callers, count: 4_000, of: gateway.server.figures))
            bareRounds.append(try Round(&bare, count: 4_000, of: gateway.passThrough.figures))
        }
        let own = Round.median(rounds.map(\.processorMicroseconds)) - verification
        let passing = Round.median(bareRounds.map(\.processorMicroseconds))
        report.add(
            "allowed call through the gateway, \(revision.rawValue), 32 callers", own, "µs CPU", .atMost(180),
            beside: "bare pass-through \(Report.text(passing)) µs: \(Report.text(own / passing)) ×; "
                + "the proof's bare verification \(Report.text(verification)) µs, not counted")
        report.add(
            "the same: rate", Round.median(rounds.map(\.perSecond)), "/s", .reported("≥ 5,000 /s"),
            beside: "pass-through \(Report.text(Round.median(bareRounds.map(\.perSecond)))) /s; "
                + "p99 \(Report.text(Round.median(rounds.map { $0.latencies.percentile(0.99) }) / 1000)) ms")
    }

    private func one(_ revision: ToolProtocol, _ gateway: GatewayBench, into report: inout Report) throws {
        var caller = try gateway.callers(1, revision)
        var bare = try gateway.bareCallers(1, revision)
        var medians: [(own: Double, passing: Double, sync: Double)] = []
        for _ in 0..<3 {
            let own = try Round(&caller, count: 400, of: gateway.server.figures)
            let passing = try Round(&bare, count: 400, of: gateway.passThrough.figures)
            medians.append(
                (
                    own.latencies.percentile(0.5), passing.latencies.percentile(0.5),
                    try DiskProbe.single(in: gateway.bench.directory)
                ))
        }
        let own = Round.median(medians.map(\.own)) / 1000
        let passing = Round.median(medians.map(\.passing)) / 1000
        let sync = Round.median(medians.map(\.sync)) / 1000
        report.add(
            "the same, one caller: p50 beyond pass-through and one fdatasync", own - passing - sync, "ms",
            .reported("≤ 0.8 ms"),
            beside:
                "p50 \(Report.text(own)) ms, pass-through \(Report.text(passing)) ms, fdatasync \(Report.text(sync)) ms"
        )
    }
}

/// So many calls by all callers together, and what they cost the process that is measured.
struct Round {
    let processorMicroseconds: Double
    let perSecond: Double
    let latencies: Latencies

    init(
        _ callers: inout [ToolClient], count: Int, of process: ProcessFigures, tool: Text = "echo"
    ) throws {
        let each = max(1, count / callers.count)
        let calls = try callers.indices.map { try callers[$0].calls(each, tool: tool) }
        let before = try process.processorMicroseconds()
        let result = try LoadGenerator.run(calls, at: callers[0].place)
        let made = calls.reduce(0) { $0 + $1.count }
        processorMicroseconds = (try process.processorMicroseconds() - before) / Double(made)
        perSecond = result.perSecond
        latencies = result.latencies
    }

    static func median(_ values: [Double]) -> Double { Latencies(values).percentile(0.5) }
}
