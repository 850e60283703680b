import ArgumentParser
import CanonicalEncoding

struct ListPersons: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "List the people.",
        discussion: """
            Example:
              countersign person list
            """)

    @OptionGroup var site: OperatorOptions

    func run() async throws {
        let items = try await site.items("persons")
        Listing(columns: ["PERSON", "ROLES", "PASSKEYS", "DISABLED", "NAME"]) { item in
            [
                item.cell("person"), item.cell("roles"), item.cell("passkeys"), item.cell("disabled_at"),
                item.cell("name"),
            ]
        }.show(items, asJSON: site.json)
    }
}
