import ArgumentParser
import DomainModel

struct DisableTool: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "disable", abstract: "Propose that a tool is refused from now on.",
        discussion: """
            Example:
              countersign tool disable shell/sqlite3
            """)

    @Argument(help: "SERVER/NAME.")
    var tool: ToolArgument

    @OptionGroup var proposal: ProposalOptions

    func run() async throws {
        try await proposal.propose(.disableTool(server: tool.reference.server, name: tool.reference.name))
    }
}
