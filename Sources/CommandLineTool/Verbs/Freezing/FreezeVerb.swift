package import ArgumentParser
import CanonicalEncoding
import DomainModel

/// `countersign freeze`: proposes to stop an agent, a tool or everything.
package struct FreezeVerb: AsyncParsableCommand {
    package static let configuration = CommandConfiguration(
        commandName: "freeze", abstract: "Propose to stop an agent, a tool or everything.",
        discussion: """
            One administrator confirms it; the console has the same switch and is faster.

            Example:
              countersign freeze agent:cleaner --reason 'behaves oddly'
            """)

    @Argument(help: "everything, agent:NAME or tool:SERVER/NAME.")
    var scope: ScopeArgument

    @Option(help: ArgumentHelp("Why, for the record.", valueName: "text"))
    var reason: String

    @OptionGroup var proposal: ProposalOptions

    package init() {}

    package func run() async throws { try await proposal.propose(.freeze(scope.scope, reason: Text(reason))) }
}
