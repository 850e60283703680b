import ArgumentParser
import DomainModel

struct RemoveFromGroup: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "remove", abstract: "Propose that a member leaves a group.",
        discussion: """
            Example:
              countersign group remove dba person:ada
            """)

    @Argument(help: "The group.")
    var group: NameArgument<GroupNameKind>

    @Argument(help: "person:NAME or agent:NAME.")
    var member: MemberArgument

    @OptionGroup var proposal: ProposalOptions

    func run() async throws { try await proposal.propose(.removeFromGroup(group.name, member.member)) }
}
