package import ArgumentParser
import CanonicalEncoding
import CommandLineTool
import ServerRuntime

/// `countersign demo`: a complete authority in a temporary directory, a database of orders, and an agent that asks.
package struct Demo: AsyncParsableCommand {
    package static let configuration = CommandConfiguration(
        commandName: "demo",
        abstract: "Watch an agent ask, approve it with a passkey, and see it run once.",
        discussion: """
            Starts an authority in a temporary directory with a sample policy and a database of orders. An agent, a process of \
            its own, asks for a read, a small update, a delete and a DROP. You approve the delete in the browser.
            """)

    @Flag(help: "Let a built-in software authenticator play the approver, and end by itself.")
    package var unattended = false

    @Flag(help: "Print one JSON object at the end instead of the story.")
    package var json = false

    @Flag(help: "Keep the temporary directory.")
    package var keep = false

    package init() {}

    package func run() async throws {
        if unattended { Terminal.markLines(with: "unattended │ ") }
        let narrator = DemoNarrator(isUnattended: unattended, isQuiet: json)
        let directory = try DemoDirectory.make()
        defer { if !keep { directory.remove() } }
        let demo = DemoRun(directory: directory, narrator: narrator, keeps: keep)
        let outcome = await Interruption.noticing { () async -> Result<DemoReport, any Error> in
            do { return .success(try await demo.run()) } catch { return .failure(error) }
        }
        if case .failure = outcome.value, let signal = outcome.signal {
            // What broke off because of the interruption is no fault of its own.
            Terminal.note("countersign: the demo was interrupted.")
            throw ExitCode(128 + signal)
        }
        let report: DemoReport
        do { report = try outcome.value.get() } catch { throw failure(error, in: directory) }
        if json { Terminal.result(report.json) }
        if !report.wasAsExpected { throw ExitCode(1) }
    }

    private func failure(_ error: any Error, in directory: DemoDirectory) -> CommandFailure {
        switch error {
        case let failure as CommandFailure: failure
        case let problem as ConfigurationProblem: CommandFailure(problem.problem, hint: problem.hint)
        default:
            CommandFailure(
                "The demo broke off: \(error)",
                hint: keep
                    ? "Look into \(directory.path)." : "Run it once more with --keep, and look into its directory.")
        }
    }
}
