import ArgumentParser
import CanonicalEncoding

struct ListProviders: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "List the providers of facts.",
        discussion: """
            Example:
              countersign provider list
            """)

    @OptionGroup var site: OperatorOptions

    func run() async throws {
        let items = try await site.items("providers")
        Listing(columns: ["PROVIDER", "KIND", "LOCATION"]) { item in
            [item.cell("name"), item.cell("kind"), item.cell("location")]
        }.show(items, asJSON: site.json)
    }
}
