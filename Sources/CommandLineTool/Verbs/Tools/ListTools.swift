import ArgumentParser
import CanonicalEncoding

struct ListTools: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "List the registered tools.",
        discussion: """
            Example:
              countersign tool list
            """)

    @OptionGroup var site: OperatorOptions

    func run() async throws {
        let items = try await site.items("tools")
        Listing(columns: ["TOOL", "KIND", "ENABLED", "ARGUMENTS", "TARGETS", "TITLE"]) { item in
            let tool = item["tool"] ?? .null
            let reference = tool["tool"] ?? .null
            let targets = tool["targets"]?.arrayValue ?? []
            return [
                "\(reference.cell("server"))/\(reference.cell("name"))", tool.cell("kind"), item.cell("enabled"),
                tool.cell("kind") == "command" ? "command" : tool["input_schema"] == nil ? "not known" : "typed",
                Text(targets.map { $0.cell("name").string }.joined(separator: ",")), tool.cell("title"),
            ]
        }.show(items, asJSON: site.json)
    }
}
