import CanonicalEncoding
import Subprocess
import SystemPackage

/// The scripted agent: one process for each step, this same program's `run` verb, with nothing but its own key.
struct DemoAgent: Sendable {
    struct Run: Sendable {
        var exitStatus: Int32
        var output: String
        /// Its words on standard error.
        var report: String
    }

    var server: String
    var directory: DemoDirectory
    /// The `PATH` on which `sqlite3` is found.
    var searchPath: String

    func run(_ step: DemoStep, voidOrders: Int) async throws -> Run {
        var arguments = [
            "run", "--server", server, "--agent", "orders-agent", "--key", directory.agentKey, "--tool",
            "orders-db/sqlite3", "--target", "orders", "--justification", step.justification, "--expect-exit", "0",
            "--wait", "15m",
        ]
        if step.kind == .delete {
            arguments += ["--precondition", "orders-count:orders where status = 'void'=\(voidOrders)"]
        }
        arguments += ["--", "sqlite3", directory.database, step.sql]
        let result = try await Subprocess.run(
            .path("/proc/self/exe"), arguments: Arguments(arguments),
            // Nothing of the demo's own environment passes: the agent holds its key and knows an address.
            environment: .custom(["PATH": searchPath, "HOME": directory.agent]),
            workingDirectory: FilePath(directory.agent), output: .string(limit: 1 << 20), error: .string(limit: 1 << 20)
        )
        let status: Int32 =
            switch result.terminationStatus {
            case .exited(let code): Int32(code)
            case .signaled(let signal): 128 + Int32(signal)
            }
        return Run(exitStatus: status, output: result.standardOutput, report: result.standardError)
    }
}
