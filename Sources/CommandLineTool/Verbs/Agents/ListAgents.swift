import ArgumentParser
import CanonicalEncoding

struct ListAgents: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "List the agents.",
        discussion: """
            Example:
              countersign agent list --json
            """)

    @OptionGroup var site: OperatorOptions

    func run() async throws {
        let items = try await site.items("agents")
        Listing(columns: ["AGENT", "OWNER", "ENDS", "DISABLED", "PROOF", "PURPOSE"]) { item in
            [
                item.cell("agent"), item.cell("owner"), item.cell("ends_at"), item.cell("disabled_at"),
                item.cell("proof"), item.cell("purpose"),
            ]
        }.show(items, asJSON: site.json)
    }
}
