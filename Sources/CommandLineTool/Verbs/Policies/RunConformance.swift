import ArgumentParser
import CanonicalEncoding
import CedarLanguage

struct RunConformance: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "conformance", abstract: "Run recorded Cedar cases and compare the answers.",
        discussion: """
            A file holds one JSON document a line, packed with gzip or not. The kinds of records are told apart by their \
            members. Ends with 1 when an answer differs.

            Example:
              countersign policy conformance cases.jsonl.gz
            """)

    @Argument(help: ArgumentHelp("Files with recorded cases.", valueName: "file"))
    var files: [String]

    @Option(help: ArgumentHelp("How many differences to show.", valueName: "count"))
    var show = 20

    @Flag(help: "Print one JSON object.")
    var json = false

    func run() async throws {
        var conformance = CedarConformance(shown: max(0, show))
        for file in files {
            let content = try InputFile(file).bytes()
            do {
                try conformance.run(content, named: file)
            } catch {
                throw CommandFailure("\(file) cannot be unpacked: \(error).", hint: "Is it whole?")
            }
        }
        if json {
            Terminal.result([
                "passed": .integer(Int64(conformance.passed)), "failed": .integer(Int64(conformance.failed)),
                "differences": .array(conformance.differences.map { "\($0)" }),
            ])
        } else {
            Terminal.result("\(conformance.passed) passed, \(conformance.failed) failed")
            for difference in conformance.differences { Terminal.result("  \(Shown.text(difference))") }
        }
        guard conformance.failed == 0 else { throw ExitCode(ExitStatus.failed.rawValue) }
    }
}
