package import ArgumentParser
import CanonicalEncoding
import CommandLineTool
import ServerRuntime

/// `countersign recorded`: the questions that policy was asked, for `countersign policy replay`.
package struct RecordedVerb: AsyncParsableCommand {
    package static let configuration = CommandConfiguration(
        commandName: "recorded",
        abstract: "Print recorded requests as policy was asked about them, one JSON document a line.",
        discussion: """
            Reads only, and can run beside the server. Arguments of actions are in the output: keep it as you keep the store.

            Example:
              countersign recorded | countersign policy replay new.cedar --requests -
            """)

    @Option(help: ArgumentHelp("The server's data directory.", valueName: "directory"))
    package var data: String?

    package init() {}

    package func run() async throws {
        let environment = ProcessEnvironment.current
        let directory =
            data ?? environment["COUNTERSIGN_DATA_DIRECTORY"]
            ?? ServerConfiguration.defaultDataDirectory(environment: environment)
        let recorded: (documents: [JSONValue], leftOut: Int)
        do {
            recorded = try RecordedQuestions(directory: directory).read()
        } catch {
            throw StoreReading.failure(error, in: directory)
        }
        recorded.documents.forEach { Terminal.result($0) }
        if recorded.leftOut > 0 {
            Terminal.note("\(recorded.leftOut) requests of tools that are not registered were left out.")
        }
    }
}
