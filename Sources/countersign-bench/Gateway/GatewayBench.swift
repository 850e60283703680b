import CanonicalEncoding
import DomainModel
import Foundation
import SQLiteStore

/// The released server as a gateway before an echo server, and a bare pass-through before the same one.
final class GatewayBench {
    let bench: BenchAuthority
    let server: ServerProcess
    let passThrough: SideProcess
    let echoPort: Int
    let passThroughPlace: Connection.Place
    private let echo: SideProcess

    /// The tool servers, both the same program: one that policy allows, one for which people are asked.
    static let allowed: Text = "echo"
    static let held: Text = "held"

    /// Returns when an allowed call is possible.
    init(program: String, furtherAgents: Int = 0) async throws {
        echoPort = try Connection.freePort()
        echo = try SideProcess(ownMode: "serve-echo", port: echoPort)
        let url = Text("http://127.0.0.1:\(echoPort)/mcp")
        let passThroughPort = try Connection.freePort()
        passThrough = try SideProcess(ownMode: "serve-pass-through", port: passThroughPort, ["\(echoPort)"])
        passThroughPlace = Connection.Place("127.0.0.1", passThroughPort)
        bench = try await BenchAuthority(
            in: BenchAuthority.freshDirectory(), issuer: Text("http://\(ServerProcess.agents.host)"),
            furnished: BenchAuthority.Furnishing(
                furtherAgents: furtherAgents,
                upstreams: [Self.allowed, Self.held].map {
                    UpstreamServer(name: $0, transport: .http(UpstreamServer.Endpoint(url: url)))
                },
                policy: Text("\(Workload.policy)\(Self.rules)")))
        try await bench.store.close()
        server = try ServerProcess(program: program, directory: bench.directory)
        try untilOffered(Self.allowed)
        try untilOffered(Self.held)
    }

    func end() {
        server.end()
        passThrough.end()
        echo.end()
        try? FileManager.default.removeItem(atPath: bench.directory)
    }

    /// So many callers of one agent, each with a session of its own where there are sessions.
    func callers(_ count: Int, _ revision: ToolProtocol) throws -> [ToolClient] {
        let agent = try HTTPAgent(bench)
        return try (0..<count).map { _ in
            try ToolClient(revision, at: ServerProcess.agents, "/mcp/\(Self.allowed)", as: agent)
        }
    }

    func bareCallers(_ count: Int, _ revision: ToolProtocol) throws -> [ToolClient] {
        try (0..<count).map { _ in try ToolClient(revision, at: passThroughPlace, "/mcp") }
    }

    /// A server's tools are found after the start.
    private func untilOffered(_ upstream: Text) throws {
        let watch = Stopwatch()
        var said = ""
        while !said.contains("\"echo\"") {
            guard watch.wallMicroseconds < 30e6 else { throw BenchError("no tool of \(upstream) is offered: \(said)") }
            usleep(50_000)
            said = try ToolClient(
                .stateless, at: ServerProcess.agents, "/mcp/\(upstream)", as: HTTPAgent(bench)
            ).toolList()
        }
    }

    private static let rules = """
        @id("echo") permit (principal, action == Countersign::Action::"echo___echo", resource);
        @id("held") permit (principal, action == Countersign::Action::"held___echo", resource);
        @id("held-needs-operators") @tier("approval") @approvers("operators") @quorum("1") @ttl("15m")
        @assurance("1") @criteria("I know what it says") @reason("Somebody has to listen")
        forbid (principal, action == Countersign::Action::"held___echo", resource)
        unless { context has approval && context.approval.hasTag("operators") &&
                 context.approval.getTag("operators") >= 1 && context.approval.assurance >= 1 };

        """
}
