import APIClient
package import ArgumentParser
import CanonicalEncoding
import DomainModel

/// `countersign token`: a bearer token for a client that can do nothing else.
package struct BearerTokenVerb: AsyncParsableCommand {
    package static let configuration = CommandConfiguration(
        commandName: "token", abstract: "Print a bearer token with which a client calls tool servers.",
        discussion: """
            Whoever gets hold of it is this agent at the tool servers until it ends, ten minutes at most. An administrator has to allow it first: `countersign agent allow-bearer`. A client that runs a program needs none: give it `countersign mcp`.

            Examples:
              countersign token
              countersign token --only orders --headers
            """)

    @Option(help: ArgumentHelp("The one tool server that it is good at; all of them without it.", valueName: "server"))
    var only: String?

    @Flag(help: "Print the HTTP headers to send, as one JSON object.")
    var headers = false

    @OptionGroup(title: "Client") var options: ClientOptions

    package init() {}

    package func run() async throws {
        let client = try options.client(.current)
        if let only, !UpstreamServer.isName(Text(only)) {
            throw CommandFailure(
                "\(Shown.text(Text(only))) is no tool server's name.",
                hint: "Names are 1 to 32 of a-z, 0-9 and -.", status: .usage)
        }
        let endpoint = "\(client.identity.server)/mcp\(only.map { "/\($0)" } ?? "")"
        do throws(ClientError) {
            let (token, seconds) = try await client.bearerToken(for: Text(endpoint))
            Terminal.note("Good at \(Shown.text(Text(endpoint))) for \(seconds) seconds.")
            show(token, seconds)
        } catch { throw CommandFailure(error) }
    }

    private func show(_ token: Text, _ seconds: Int64) {
        if headers {
            Terminal.result(["Authorization": "Bearer \(token)"])
        } else if options.json {
            Terminal.result(
                ["access_token": .string(token), "token_type": "Bearer", "expires_in": .integer(seconds)])
        } else {
            Terminal.result(token.string)
        }
    }
}
