import ArgumentParser
import DomainModel

struct DisableAgent: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "disable", abstract: "Propose that an agent is refused from now on.",
        discussion: """
            Its requests that have not been claimed end; its name is never given again. To stop it for a while, use freeze.

            Example:
              countersign agent disable cleaner
            """)

    @Argument(help: "The agent's name.")
    var name: NameArgument<AgentNameKind>

    @OptionGroup var proposal: ProposalOptions

    func run() async throws { try await proposal.propose(.disableAgent(name.name)) }
}
