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
        let names = arguments.isEmpty ? ["encode", "policy", "open", "claim", "start", "wait"] : arguments
        var report = Report()
        do {
            for name in names { try await run(name, program: program, into: &report) }
        } catch {
            FileHandle.standardError.write(Data("countersign-bench: \(error)\n".utf8))
            return 2
        }
        return report.missed.isEmpty ? 0 : 1
    }

    private static func run(_ name: String, program: String, into report: inout Report) async throws {
        switch name {
        case "encode": EncodingRows().run(into: &report)
        case "policy": try PolicyRows().run(into: &report)
        case "open": try await OpeningRows.run(into: &report)
        case "claim": try await ClaimRows.run(into: &report)
        case "start": try await StartRows(program: program).run(into: &report)
        case "wait": try await WaitingRows(program: program).run(into: &report)
        case "profile-open": try await OpeningRows.profile(count: 10_000, bytes: 150)
        case "profile-open-large": try await OpeningRows.profile(count: 10_000, bytes: 2_048)
        case "profile-claim": try await ClaimRows.profile(count: 4_000)
        default: throw BenchError("there is no row `\(name)`; there are encode, policy, open, claim, start and wait")
        }
    }
}

struct BenchError: Error, CustomStringConvertible {
    let description: String
    init(_ description: String) { self.description = description }
}
