import Foundation

/// `countersign-bench ROW… [--program PATH]`: measures rows of the reference page and prints one Markdown line for each.
///
/// It fails where CPU, memory or correctness misses its threshold, never for wall time: on a busy machine that says more
/// about the neighbours (`docs/decisions/0020-benchmarks.md`).
@main
struct BenchProgram {
    /// Not `async`: the runtime would end the main thread, which the profilers that count instructions do not survive.
    static func main() {
        Task { @concurrent in exit(await measure()) }
        while true { pause() }
    }

    /// Returns the exit status.
    private static func measure() async -> Int32 {
        var arguments = Array(CommandLine.arguments.dropFirst())
        var program = ".build/release/countersign"
        if let flag = arguments.firstIndex(of: "--program"), flag + 1 < arguments.count {
            program = arguments[flag + 1]
            arguments.removeSubrange(flag...(flag + 1))
        }
        let names = arguments.isEmpty ? rows : arguments
        var report = Report()
        do {
            if try await serve(arguments) { return 0 }
            for name in names { try await run(name, program: program, into: &report) }
        } catch {
            FileHandle.standardError.write(Data("countersign-bench: \(error)\n".utf8))
            return 2
        }
        return report.missed.isEmpty ? 0 : 1
    }

    private static let rows = [
        "encode", "policy", "open", "claim", "start", "wait", "gateway", "held", "bridge", "peers",
    ]

    /// The programs beside the one that is measured: each is a process of its own, started by a row. False: it is none of them.
    private static func serve(_ arguments: [String]) async throws -> Bool {
        let numbers = arguments.dropFirst().compactMap { Int($0) }
        switch (arguments.first, numbers.count) {
        case ("serve-echo", 1):
            SideProcess.leaveWithParent()
            try EchoServer.serve(port: numbers[0])
        case ("serve-echo", 0): EchoTool.serveStandardStreams()
        case ("serve-pass-through", 2):
            SideProcess.leaveWithParent()
            try await PassThrough.serve(port: numbers[0], upstream: numbers[1])
        default: return false
        }
        return true
    }

    private static func run(_ name: String, program: String, into report: inout Report) async throws {
        switch name {
        case "encode": EncodingRows().run(into: &report)
        case "policy": try PolicyRows().run(into: &report)
        case "open": try await OpeningRows.run(into: &report)
        case "claim": try await ClaimRows.run(into: &report)
        case "start": try await StartRows(program: program).run(into: &report)
        case "wait": try await WaitingRows(program: program).run(into: &report)
        case "gateway": try await GatewayRows(program: program).run(into: &report)
        case "held": try await HeldRows(program: program).run(into: &report)
        case "bridge": try await BridgeRows(program: program).run(into: &report)
        case "peers": try await PeerRows(program: program).run(into: &report)
        case "profile-gateway": try await GatewayRows(program: program).profile(count: 40_000)
        case "profile-open": try await OpeningRows.profile(count: 10_000, bytes: 150)
        case "profile-open-large": try await OpeningRows.profile(count: 10_000, bytes: 2_048)
        case "profile-claim": try await ClaimRows.profile(count: 4_000)
        default: throw BenchError("there is no row `\(name)`; there are \(rows.joined(separator: ", "))")
        }
    }
}

struct BenchError: Error, CustomStringConvertible {
    let description: String
    init(_ description: String) { self.description = description }
}
