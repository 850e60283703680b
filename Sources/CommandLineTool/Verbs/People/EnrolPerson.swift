import ArgumentParser
import DomainModel

struct EnrolPerson: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "enrol", abstract: "Propose a new one-time link for a further or a lost passkey.",
        discussion: """
            Example:
              countersign person enrol ada
            """)

    @Argument(help: "The person's short name.")
    var id: NameArgument<PersonNameKind>

    @OptionGroup var proposal: ProposalOptions

    func run() async throws { try await proposal.propose(.enrolPasskey(id.name)) }
}
