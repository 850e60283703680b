import ArgumentParser
import CanonicalEncoding
import DomainModel

struct ShowAgent: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show", abstract: "Show one agent and its keys.",
        discussion: """
            Example:
              countersign agent show cleaner
            """)

    @Argument(help: "The agent's name.")
    var name: NameArgument<AgentNameKind>

    @OptionGroup var site: OperatorOptions

    func run() async throws {
        let agents = try await site.items("agents")
        guard let agent = agents.first(where: { $0["agent"]?.textValue == name.name.text }) else {
            throw CommandFailure("There is no agent \(name.name).", hint: "`countersign agent list` lists them.")
        }
        guard !site.json else { return Terminal.result(agent) }
        for member in [
            "agent", "owner", "purpose", "environment", "created_at", "ends_at", "disabled_at", "last_used_at", "proof",
            "bearer_allowed_at",
        ] {
            Terminal.result("\(member): \(Shown.text(agent.cell(Text(member))))")
        }
        for key in agent["keys"]?.arrayValue ?? [] {
            let creators = (key["created_by"]?.arrayValue ?? []).compactMap(\.textValue)
            Terminal.result(
                "key: \(Shown.text(key.cell("thumbprint"))) "
                    + "by \(creators.map { "\(Shown.text($0))" }.joined(separator: ", ")) "
                    + "retired: \(Shown.text(key.cell("retired_at")))")
        }
    }
}
