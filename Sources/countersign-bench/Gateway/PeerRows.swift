import CanonicalEncoding
import Foundation

/// Other gateways and proxies before the same tool, called by the same client. They gate and record nothing.
struct PeerRows {
    struct Peer {
        let name: String
        let path: String
        /// What it calls the tool.
        var tool: Text = "echo"
        let factor: String
        /// How it stands before the tool, and what was set.
        let setting: String
    }

    static let peers = [
        Peer(
            name: "mcp-proxy", path: "/mcp", factor: "≥ 10 ×",
            setting: "before the tool's standard streams, which is its way"),
        Peer(name: "fastmcp", path: "/mcp", factor: "≥ 100 ×", setting: "`create_proxy` as it comes"),
        Peer(
            name: "contextforge", path: "/mcp/", tool: "echo-echo", factor: "≥ 60 ×",
            setting: "tuned (`Benchmarks/peer`): sessions kept; logs, metrics, compression, limits, token for calls off"
        ),
    ]

    let program: String
    /// Below which `Benchmarks/peers` installed them; nil where nobody did.
    let folder = ProcessInfo.processInfo.environment["MCP_PEERS"]

    func run(into report: inout Report) async throws {
        let gateway = try await GatewayBench(program: program)
        defer { gateway.end() }
        for peer in Self.peers {
            let row = "calls a second beside \(peer.name), 32 callers"
            guard let folder,
                let version = try? String(contentsOfFile: "\(folder)/\(peer.name)/installed", encoding: .utf8)
            else {
                report.leaveOut(row, target: peer.factor, because: "it is not installed here")
                continue
            }
            do {
                try measure(peer, version.trimmingCharacters(in: .whitespacesAndNewlines), gateway, row, into: &report)
            } catch let error as BenchError {
                report.leaveOut(row, target: peer.factor, because: "it could not be run: \(error)")
            }
        }
    }

    private func measure(
        _ peer: Peer, _ version: String, _ gateway: GatewayBench, _ row: String, into report: inout Report
    ) throws {
        let port = try Connection.freePort()
        let place = Connection.Place("127.0.0.1", port)
        let child = try SideProcess(
            "Benchmarks/peer", [peer.name, "\(port)", "\(gateway.echoPort)", CommandLine.arguments[0]])
        defer { child.end() }
        try untilItAnswers(peer, at: place, child)
        var theirs = try (0..<32).map { _ in try ToolClient(.sessions, at: place, peer.path) }
        let pilot = try Round(&theirs, count: 64, of: child.figures, tool: peer.tool)
        let peerRate = try Round(
            &theirs, count: Int(pilot.perSecond * 4), of: child.figures, tool: peer.tool
        ).perSecond
        var ours = try gateway.callers(32, .sessions)
        _ = try Round(&ours, count: 2_000, of: gateway.server.figures)
        let rate = try Round(&ours, count: 4_000, of: gateway.server.figures).perSecond
        report.add(
            row, rate / peerRate, "times as many", .reported(peer.factor),
            beside: "\(version) \(Report.text(peerRate)) /s, the gateway \(Report.text(rate)) /s; \(peer.setting)")
    }

    private func untilItAnswers(_ peer: Peer, at place: Connection.Place, _ child: SideProcess) throws {
        let watch = Stopwatch()
        while true {
            do {
                var caller = [try ToolClient(.sessions, at: place, peer.path)]
                _ = try Round(&caller, count: 1, of: child.figures, tool: peer.tool)
                return
            } catch let error as BenchError {
                guard child.isRunning, watch.wallMicroseconds < 90e6 else { throw error }
                usleep(200_000)
            }
        }
    }
}
