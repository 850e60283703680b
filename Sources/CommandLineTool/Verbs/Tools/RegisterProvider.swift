import ArgumentParser
import CanonicalEncoding
import DomainModel

struct RegisterProvider: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "register", abstract: "Propose a provider of facts.",
        discussion: """
            The server reads the fact again when a token is issued and when the action is claimed.

            Example:
              countersign provider register orders-count --kind sqlite-count --location /srv/orders.db
            """)

    @Argument(help: "The provider's name.")
    var name: String

    @Option(help: ArgumentHelp("file-digest or sqlite-count.", valueName: "kind"))
    var kind: FactProvider.Kind

    @Option(help: ArgumentHelp("An absolute path: a folder, or a database.", valueName: "path"))
    var location: String

    @OptionGroup var proposal: ProposalOptions

    func run() async throws {
        guard location.utf8.first == UInt8(ascii: "/") else {
            throw CommandFailure("\(location) is no absolute path.", hint: "Begin it with a slash.", status: .usage)
        }
        try await proposal.propose(
            .registerProvider(FactProvider(name: Text(name), kind: kind, location: Text(location))))
    }
}
