import ArgumentParser
import CanonicalEncoding

struct PrintSchema: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "schema", abstract: "Print the Cedar schema of the registered tools.",
        discussion: """
            Without --tools the server on this host is asked. A tool whose line holds an `input_schema` (JSON schema) has \
            typed arguments in context.input.

            Example:
              countersign policy schema --tools tools.jsonl > tools.cedarschema
            """)

    @Option(help: ArgumentHelp("What `countersign tool list --json` printed; - is standard input.", valueName: "file"))
    var tools: String?

    @OptionGroup var site: OperatorOptions

    func run() async throws {
        let known: ToolsFile
        if let tools {
            known = try ToolsFile(tools)
        } else {
            known = try ToolsFile(try await site.items("tools"), named: "The server's list")
        }
        if site.json {
            Terminal.result(["schema": "\(known.schema)"])
        } else {
            Terminal.write(known.schema, to: 1)
        }
    }
}
