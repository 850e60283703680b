package import ArgumentParser
import CanonicalEncoding
import CommandLineTool
import Glibc
import ServerRuntime

/// `countersign doctor`: reads a store and its log, and says what is not as it must be.
package struct Doctor: AsyncParsableCommand {
    package static let configuration = CommandConfiguration(
        commandName: "doctor",
        abstract: "Check a server's data: every invariant that the database and the log show.",
        discussion: "Reads only, and can run beside the server. Exits with 1 when something is broken.")

    @Option(help: ArgumentHelp("The server's data directory.", valueName: "directory"))
    package var data: String?

    @Option(help: ArgumentHelp("The console's URL, against which signatures are verified.", valueName: "url"))
    package var peopleURL: String?

    @Flag(help: "Print one JSON object.")
    package var json = false

    package init() {}

    package func run() async throws {
        let environment = ProcessEnvironment.current
        let directory =
            data ?? environment["COUNTERSIGN_DATA_DIRECTORY"]
            ?? ServerConfiguration.defaultDataDirectory(environment: environment)
        let reconciler = Reconciler(
            directory: directory, origin: peopleURL.map { Text($0) }, now: SystemSurroundings.now)
        let report: Reconciler.Report
        do {
            report = try reconciler.run()
        } catch {
            throw StoreReading.failure(error, in: directory)
        }
        Terminal.result(json ? Self.json(report) : Self.text(report))
        if !report.isSound { throw ExitCode(1) }
    }

    private static func json(_ report: Reconciler.Report) -> String {
        var counts = JSONObject()
        for (noun, count) in report.counts { counts[Text(noun)] = .integer(Int64(count)) }
        return Terminal.text(of: [
            "sound": .bool(report.isSound), "checked": .object(counts),
            "findings": .array(report.findings.map(\.json)),
        ])
    }

    private static func text(_ report: Reconciler.Report) -> String {
        let checked = report.counts.map { "\($0.count) \($0.noun)" }.joined(separator: ", ")
        let lines = report.findings.map {
            // A damaged store may hold anything, also what drives a terminal.
            Shown.text("\($0.severity.rawValue)  \($0.invariant)  \($0.subject): \($0.detail)")
        }
        let closing = report.isSound ? "Everything that the record shows is as it must be." : "Something is broken."
        return (["Checked \(checked)."] + lines + [closing]).joined(separator: "\n")
    }
}
