import ApprovalPolicy
import ArgumentParser
import CanonicalEncoding

struct PrintSchema: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "schema", abstract: "Print the Cedar schema of the registered tools.",
        discussion: """
            Without --tools the server on this host is asked. A tool with an `input_schema` (JSON schema) has typed arguments \
            in context.input.

            Example:
              countersign policy schema --tools tools.jsonl > tools.cedarschema
            """)

    @Option(help: ArgumentHelp("What `countersign tool list --json` printed; - is standard input.", valueName: "file"))
    var tools: String?

    @Option(
        help: ArgumentHelp("With --tools: what `countersign provider list --json` printed.", valueName: "file"))
    var providers: String?

    @OptionGroup var site: OperatorOptions

    func validate() throws {
        guard providers == nil || tools != nil else { throw ValidationError("--providers comes with --tools.") }
    }

    func run() async throws {
        let schema = try await schema()
        if site.json {
            Terminal.result(["schema": "\(schema)"])
        } else {
            Terminal.result(String(schema.dropLast()))
        }
    }

    /// It ends with a line break.
    private func schema() async throws(CommandFailure) -> String {
        if let tools {
            let providers = try providers.map { file throws(CommandFailure) in try ProvidersFile(file).providers }
            return PolicySchema.text(try ToolsFile(tools).tools, providers: providers ?? [])
        }
        let known = try ToolsFile(try await site.items("tools"), named: "The server's list")
        let readers = try ProvidersFile(try await site.items("providers"), named: "The server's list")
        return PolicySchema.text(known.tools, providers: readers.providers)
    }
}
