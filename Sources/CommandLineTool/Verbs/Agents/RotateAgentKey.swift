import ArgumentParser
import DomainModel
import SecretMaterial

struct RotateAgentKey: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "rotate", abstract: "Make a new key for an agent and propose it; the old ones retire.",
        discussion: """
            Give another --key-file than the present one: the agent works with the old key until the change is applied.

            Example:
              countersign agent rotate cleaner --key-file ~/.config/countersign/cleaner-2.key
            """)

    @Argument(help: "The agent's name.")
    var name: NameArgument<AgentNameKind>

    @OptionGroup var keyFile: NewKeyOptions
    @OptionGroup var proposal: ProposalOptions

    func run() async throws {
        try await keyFile.create(for: name.name.text, .current) { key, whenTaken in
            try await proposal.propose(.rotateAgentKey(name.name, jwk: key.publicKey.json), whenTaken: whenTaken)
        }
    }
}
