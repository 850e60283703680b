import ArgumentParser
import DomainModel

struct DisablePerson: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "disable", abstract: "Propose that a person can no longer sign in or decide.",
        discussion: """
            Example:
              countersign person disable ada
            """)

    @Argument(help: "The person's short name.")
    var id: NameArgument<PersonNameKind>

    @OptionGroup var proposal: ProposalOptions

    func run() async throws { try await proposal.propose(.disablePerson(id.name)) }
}
