import CanonicalEncoding
import Foundation

/// Thousands of calls that wait for approval with their callers on the line: what each costs, and what those notice who need not wait.
struct HeldRows {
    let program: String
    /// Of one agent no more may wait.
    private let each = 100
    private let agents = 50

    func run(into report: inout Report) async throws {
        let count = agents * each
        try Connection.allow(count)
        let gateway = try await GatewayBench(program: program, furtherAgents: agents)
        defer { gateway.end() }
        var callers = try gateway.callers(8, .sessions)
        _ = try Round(&callers, count: 4_000, of: gateway.server.figures)
        let alone = try Round(&callers, count: 4_000, of: gateway.server.figures)
        let calls = try heldCalls(gateway)
        let before = try gateway.server.figures.residentKilobytes()
        let held = try calls.map { call in
            let connection = try Connection(port: ServerProcess.agents.port)
            try connection.send(call)
            return connection
        }
        defer { for connection in held { connection.close() } }
        try gateway.server.untilWaiting(count)
        let kilobytes = (try gateway.server.figures.residentKilobytes() - before) / Double(count)
        report.add(
            "memory of a call that waits for approval, \(count) of them", kilobytes, "KB", .atMost(45), beside: "–")
        let beside = try Round(&callers, count: 4_000, of: gateway.server.figures)
        let waiting = try gateway.server.waiting()
        guard waiting == count else { throw BenchError("\(waiting) calls waited to the end, and not \(count)") }
        let (own, without) = (beside.latencies.percentile(0.99) / 1000, alone.latencies.percentile(0.99) / 1000)
        report.add(
            "p99 of allowed calls beside them, 8 callers", own / without, "times that without them",
            .reported("≤ 2 ×"), beside: "\(Report.text(own)) ms, without \(Report.text(without)) ms")
    }

    /// Each says something else: the same one would attach to the one that waits.
    private func heldCalls(_ gateway: GatewayBench) throws -> [[UInt8]] {
        try gateway.bench.furtherAgents.flatMap { agent in
            let client = try ToolClient(
                .sessions, at: ServerProcess.agents, "/mcp/\(GatewayBench.held)",
                as: HTTPAgent(gateway.bench, as: agent))
            return try (1...each).map { try client.call($0, text: Text("line \($0), which nobody has heard yet")) }
        }
    }
}
