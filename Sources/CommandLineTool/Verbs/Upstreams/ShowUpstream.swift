import ArgumentParser
import CanonicalEncoding

struct ShowUpstream: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show", abstract: "Show one tool server, its tools, and how their definitions changed.",
        discussion: """
            Example:
              countersign upstream show orders
            """)

    @Argument(help: "The server's name.")
    var name: String

    @OptionGroup var site: OperatorOptions

    func run() async throws {
        let items = try await site.items("upstreams")
        guard let item = items.first(where: { $0["upstream"]?["name"]?.textValue == Text(name) }) else {
            throw CommandFailure(
                "There is no tool server \(Shown.text(Text(name))).", hint: "`countersign upstream list` lists them.")
        }
        guard !site.json else { return Terminal.result(item) }
        for member in ["state", "reason", "registered_by", "registered_at"] where item[Text(member)] != nil {
            Terminal.result("\(member): \(Shown.text(item.cell(Text(member))))")
        }
        for member in item["upstream"]?.objectValue?.members ?? [] {
            Terminal.result("\(member.name): \(Shown.text(Self.line(member.value)))")
        }
        for line in item["said"]?.arrayValue ?? [] { Terminal.result("said: \(Shown.text(Self.line(line)))") }
        for tool in item["tools"]?.arrayValue ?? [] { show(tool) }
    }

    private func show(_ tool: JSONValue) {
        let parts = [tool.cell("name"), tool.cell("state"), tool.cell("definition"), tool.cell("problem")]
        Terminal.result("tool: \(parts.map { "\(Shown.text($0))" }.joined(separator: " "))")
        for change in tool["changes"]?.arrayValue ?? [] {
            Terminal.result("  changed \(Shown.text(change.cell("path"))):")
            if let before = change["before"] { Terminal.result("    - \(Shown.text(Self.line(before)))") }
            if let after = change["after"] { Terminal.result("    + \(Shown.text(Self.line(after)))") }
        }
    }

    private static func line(_ json: JSONValue) -> Text { json.textValue ?? Text(CanonicalJSON.text(json)) }
}
