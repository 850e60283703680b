import ArgumentParser
import DomainModel

struct RefuseBearer: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "refuse-bearer", abstract: "Propose that an agent has no bearer tokens any more.",
        discussion: """
            Those that are out are worth nothing from then on, and what was asked with one and has not run is void.

            Example:
              countersign agent refuse-bearer cleaner
            """)

    @Argument(help: "The agent's name.")
    var name: NameArgument<AgentNameKind>

    @OptionGroup var proposal: ProposalOptions

    func run() async throws { try await proposal.propose(.refuseBearer(name.name)) }
}
