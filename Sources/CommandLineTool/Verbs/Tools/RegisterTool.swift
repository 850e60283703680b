import ArgumentParser
import CanonicalEncoding
import DomainModel

struct RegisterTool: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "register", abstract: "Propose a tool and its targets.",
        discussion: """
            What is not registered is denied. Without --read-only or --harmless a tool counts as destructive. With \
            --input-schema policy knows its arguments, and a set that misspells one is refused when it is loaded.

            Example:
              countersign tool register shell/sqlite3 --title 'SQLite shell' --target prod=Database:prod/orders@prod
            """)

    @Argument(help: "SERVER/NAME.")
    var tool: ToolArgument

    @Option(help: ArgumentHelp("What people see.", valueName: "text"))
    var title: String

    @Option(help: ArgumentHelp("command (run by `countersign run`) or generic.", valueName: "kind"))
    var kind = RegisteredTool.Kind.command

    @Option(
        name: .customLong("target"),
        help: ArgumentHelp(
            "NAME=TYPE:ID@ENVIRONMENT, such as prod=Database:prod/orders@prod; repeat for several.", valueName: "target"
        ))
    var targets: [TargetArgument]

    @Option(
        help: ArgumentHelp(
            "The JSON schema of its arguments, as its server publishes it; only of a generic tool.", valueName: "file"))
    var inputSchema: String?

    @Flag(help: "It changes nothing.")
    var readOnly = false

    @Flag(help: "What it does can be undone.")
    var harmless = false

    @Option(help: ArgumentHelp("How long an execution may take.", valueName: "span"))
    var deadline = Span(seconds: 600)

    @Option(help: ArgumentHelp("The longest deadline that an agent may ask for.", valueName: "span"))
    var greatestDeadline = Span(seconds: 3600)

    @OptionGroup var proposal: ProposalOptions

    func validate() throws {
        guard kind != .mcp else {
            throw ValidationError("Tools of a tool server register themselves: `countersign upstream add`.")
        }
        guard inputSchema == nil || kind == .generic else {
            throw ValidationError("--input-schema is for --kind generic: a command is typed by itself.")
        }
    }

    func run() async throws {
        let traits = RegisteredTool.Traits(destructive: !harmless && !readOnly, readOnly: readOnly)
        let registered = RegisteredTool(
            reference: tool.reference, kind: kind, title: Text(title), traits: traits, targets: targets.map(\.target),
            deadlineSeconds: (deadline.seconds, greatestDeadline.seconds), inputSchema: try schema())
        try await proposal.propose(.registerTool(registered))
    }

    private func schema() throws(CommandFailure) -> JSONValue? {
        guard let inputSchema else { return nil }
        let bytes = try InputFile(inputSchema).bytes()
        guard let schema = try? JSONReader.read(bytes), RegisteredTool.isUsable(schema) else {
            let limits = RegisteredTool.greatestSchema
            throw CommandFailure(
                "\(inputSchema) is no JSON schema that is accepted here.",
                hint: "An object of at most \(limits.bytes) bytes, nested at most \(limits.depth) deep.")
        }
        return schema
    }
}
