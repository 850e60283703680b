import ArgumentParser
import CanonicalEncoding

struct ListUpstreams: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "List the tool servers and whether they answer.",
        discussion: """
            Example:
              countersign upstream list
            """)

    @OptionGroup var site: OperatorOptions

    func run() async throws {
        let items = try await site.items("upstreams")
        Listing(columns: ["SERVER", "STATE", "TOOLS", "REGISTERED BY", "REACHED AT"]) { item in
            let server = item["upstream"] ?? .null
            let offered = (item["tools"]?.arrayValue ?? []).filter { $0["state"] == "offered" }
            let program = (server["command"]?.arrayValue ?? []).compactMap(\.stringValue).joined(separator: " ")
            return [
                server.cell("name"), item.cell("state"), Text(String(offered.count)), item.cell("registered_by"),
                server["url"]?.textValue ?? Text(program),
            ]
        }.show(items, asJSON: site.json)
    }
}
