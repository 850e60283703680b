import ArgumentParser
import CanonicalEncoding
import DomainModel

struct CreatePerson: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "create", abstract: "Propose a new person.",
        discussion: """
            Whoever confirms the change gets a one-time link, with which the person enrols a passkey.

            Example:
              countersign person create ada --name 'Ada Lovelace' --role approver --group dba
            """)

    @Argument(help: "The person's short name: 1 to 64 of a-z, 0-9 and -, never given twice.")
    var id: NameArgument<PersonNameKind>

    @Option(help: ArgumentHelp("The name that others see.", valueName: "text"))
    var name: String

    @Option(
        name: .customLong("role"),
        help: ArgumentHelp("approver, administrator or auditor; repeat for several.", valueName: "role"))
    var roles: [Role] = [.approver]

    @Option(name: .customLong("group"), help: ArgumentHelp("A group that the person joins.", valueName: "group"))
    var groups: [NameArgument<GroupNameKind>] = []

    @OptionGroup var proposal: ProposalOptions

    func run() async throws {
        let spec = Change.PersonSpec(
            id: id.name, name: Text(name), roles: Set(roles), groups: groups.map(\.name))
        try await proposal.propose(.addPerson(spec))
    }
}
