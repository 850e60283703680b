import ArgumentParser
import CanonicalEncoding
import DomainModel

struct RegisterTool: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "register", abstract: "Propose a tool and its targets.",
        discussion: """
            What is not registered is denied. Without --read-only or --harmless a tool counts as destructive.

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

    @Flag(help: "It changes nothing.")
    var readOnly = false

    @Flag(help: "What it does can be undone.")
    var harmless = false

    @Option(help: ArgumentHelp("How long an execution may take.", valueName: "span"))
    var deadline = Span(seconds: 600)

    @Option(help: ArgumentHelp("The longest deadline that an agent may ask for.", valueName: "span"))
    var greatestDeadline = Span(seconds: 3600)

    @OptionGroup var proposal: ProposalOptions

    func run() async throws {
        let traits = RegisteredTool.Traits(destructive: !harmless && !readOnly, readOnly: readOnly)
        let registered = RegisteredTool(
            reference: tool.reference, kind: kind, title: Text(title), traits: traits, targets: targets.map(\.target),
            deadlineSeconds: (deadline.seconds, greatestDeadline.seconds))
        try await proposal.propose(.registerTool(registered))
    }
}
