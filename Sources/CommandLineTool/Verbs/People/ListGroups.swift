import ArgumentParser
import CanonicalEncoding

struct ListGroups: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "List the groups and who is in them.",
        discussion: """
            Example:
              countersign group list
            """)

    @OptionGroup var site: OperatorOptions

    func run() async throws {
        let items = try await site.items("groups")
        Listing(columns: ["GROUP", "MEMBERS"]) { item in
            [item.cell("group"), item.cell("members")]
        }.show(items, asJSON: site.json)
    }
}
