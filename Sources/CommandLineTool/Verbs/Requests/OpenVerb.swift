import APIClient
import ArgumentParser
import CanonicalEncoding
import SecretMaterial

struct OpenVerb: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "open", abstract: "Ask for an action and print the request.",
        discussion: """
            Repeating a call with the same --idempotency-key gives the same request. For a command, use `countersign run`.

            Example:
              countersign request open --tool orders-db/execute_sql --arguments '{"sql": "SELECT 1"}'
            """)

    @OptionGroup(title: "Client") var options: ClientOptions
    @OptionGroup(title: "Request") var request: RequestOptions

    @Option(help: ArgumentHelp("The arguments of the action, as a JSON object.", valueName: "json"))
    var arguments: String

    @Option(
        help: ArgumentHelp("1 to 255 visible ASCII characters; a new one each time unless given.", valueName: "key"))
    var idempotencyKey: String?

    func run() async throws {
        guard let arguments = (try? JSONReader.read(arguments))?.objectValue else {
            throw CommandFailure(
                "--arguments is no JSON object.", hint: #"Quote it for the shell: --arguments '{"name": "value"}'."#,
                status: .usage)
        }
        let client = try options.client(.current)
        let body = try request.body(arguments: arguments)
        let key = idempotencyKey.map { Text($0) } ?? Text(Base64URL.encode(SystemRandom().bytes(16)))
        let view = try await RequestOutput.asked { () async throws(ClientError) in
            try await client.open(body, idempotencyKey: key)
        }
        RequestOutput.show(view, asJSON: options.json)
        try RequestOutput.check(view)
    }
}
