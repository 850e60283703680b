import ArgumentParser
import DomainModel

struct AllowBearer: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "allow-bearer", abstract: "Propose that an agent may have bearer tokens for tool servers.",
        discussion: """
            Whoever gets hold of such a token can call the tool servers as this agent, for ten minutes. It is for clients that cannot prove possession of a key; `countersign mcp` proves it for clients that run a program. Policy sees it as context.caller.proof == "bearer".

            Example:
              countersign agent allow-bearer cleaner
            """)

    @Argument(help: "The agent's name.")
    var name: NameArgument<AgentNameKind>

    @OptionGroup var proposal: ProposalOptions

    func run() async throws { try await proposal.propose(.allowBearer(name.name)) }
}
