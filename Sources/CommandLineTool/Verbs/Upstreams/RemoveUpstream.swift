import ArgumentParser
import CanonicalEncoding
import DomainModel

struct RemoveUpstream: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "remove", abstract: "Propose that a tool server and its tools are there no more.",
        discussion: """
            Example:
              countersign upstream remove orders
            """)

    @Argument(help: "The server's name.")
    var name: String

    @OptionGroup var proposal: ProposalOptions

    func run() async throws { try await proposal.propose(.removeUpstream(Text(name))) }
}
