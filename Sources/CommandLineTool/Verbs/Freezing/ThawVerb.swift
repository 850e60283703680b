package import ArgumentParser
import DomainModel

/// `countersign thaw`: proposes to let what was frozen go on.
package struct ThawVerb: AsyncParsableCommand {
    package static let configuration = CommandConfiguration(
        commandName: "thaw", abstract: "Propose to let what is frozen go on.",
        discussion: """
            Two administrators confirm it, as soon as there are two.

            Example:
              countersign thaw agent:cleaner
            """)

    @Argument(help: "everything, agent:NAME or tool:SERVER/NAME.")
    var scope: ScopeArgument

    @OptionGroup var proposal: ProposalOptions

    package init() {}

    package func run() async throws { try await proposal.propose(.thaw(scope.scope)) }
}
