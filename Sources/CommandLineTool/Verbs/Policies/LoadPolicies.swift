import ArgumentParser
import CanonicalEncoding
import DomainModel

struct LoadPolicies: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "load", abstract: "Propose a policy set to the server on this host.",
        discussion: """
            The server checks it against its tools, providers and groups, and asks it the scenarios: a bad set is not even \
            proposed. It is swapped whole once administrators have confirmed it with a passkey. The scenarios are kept with it.

            Example:
              countersign policy load policies/orders.cedar --scenarios policies/orders.tests.yaml
            """)

    @Argument(help: ArgumentHelp("A file with a policy set; - is standard input.", valueName: "file"))
    var file: String

    @Option(help: ArgumentHelp("A scenario file, as `countersign policy test` takes it.", valueName: "file"))
    var scenarios: String?

    @OptionGroup var proposal: ProposalOptions

    func run() async throws {
        let source = Text(try InputFile(file).text())
        let document = try scenarios.map { file throws(CommandFailure) in try ScenarioFile(file).document }
        try await proposal.propose(.loadPolicy(source: source, scenarios: document))
    }
}
