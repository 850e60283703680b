import ArgumentParser
import CanonicalEncoding
import DomainModel
import SecretMaterial

struct CreateAgent: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "create", abstract: "Make a key and propose a new agent.",
        discussion: """
            The private key is made here, in a file that nobody else can read, and never leaves this host; the server learns the public key.

            Example:
              countersign agent create cleaner --owner ada --purpose 'Deletes void orders'
            """)

    @Argument(help: "The agent's name: 1 to 64 of a-z, 0-9 and -, never given twice.")
    var name: NameArgument<AgentNameKind>

    @Option(help: ArgumentHelp("The person who answers for it.", valueName: "person"))
    var owner: NameArgument<PersonNameKind>

    @Option(help: ArgumentHelp("What it is for, in one sentence.", valueName: "text"))
    var purpose: String

    @Option(help: ArgumentHelp("How long it may exist.", valueName: "span"))
    var ends = Span(seconds: 90 * 86_400)

    @Option(help: ArgumentHelp("The environment it belongs to.", valueName: "name"))
    var environment: String?

    @Option(name: .customLong("group"), help: ArgumentHelp("A group that it belongs to.", valueName: "group"))
    var groups: [NameArgument<GroupNameKind>] = []

    @Flag(help: "It may have bearer tokens for tool servers: weak, for clients that cannot prove possession of a key.")
    var allowBearer = false

    @OptionGroup var keyFile: NewKeyOptions
    @OptionGroup var proposal: ProposalOptions

    func run() async throws {
        try await keyFile.create(for: name.name.text, .current) { key, whenTaken in
            let spec = Change.AgentSpec(
                id: name.name, owner: owner.name, purpose: Text(purpose), environment: environment.map { Text($0) },
                groups: groups.map(\.name), jwk: key.publicKey.json,
                endsAt: SystemClock.now().adding(seconds: ends.seconds), allowsBearer: allowBearer)
            try await proposal.propose(.addAgent(spec), whenTaken: whenTaken)
        }
    }
}
