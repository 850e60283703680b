import ArgumentParser
import DomainModel

struct AddToGroup: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "add", abstract: "Propose a member for a group.",
        discussion: """
            Somebody added after a request was opened cannot vote on it.

            Example:
              countersign group add dba person:ada
            """)

    @Argument(help: "The group.")
    var group: NameArgument<GroupNameKind>

    @Argument(help: "person:NAME or agent:NAME.")
    var member: MemberArgument

    @OptionGroup var proposal: ProposalOptions

    func run() async throws { try await proposal.propose(.addToGroup(group.name, member.member)) }
}
