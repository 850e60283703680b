import APIClient
package import ArgumentParser
import CanonicalEncoding
import DomainModel
import Glibc

/// `countersign mcp`: how a client that starts its tool servers as programs speaks to the gateway.
package struct MCPVerb: AsyncParsableCommand {
    package static let configuration = CommandConfiguration(
        commandName: "mcp",
        abstract: "Speak MCP on standard input and output, for a client that starts it as a tool server.",
        discussion: """
            It takes each message to the gateway with the agent's token and a proof of its key, and brings the answers back. It \
            holds no tool of its own and decides nothing. Without SERVER it offers every tool server's tools, as server___tool.

            It ends when standard input is closed. Where the gateway cannot be reached, the client is told so as an error of \
            the protocol; what is worth knowing beside that goes to standard error.

            Examples:
              countersign mcp --agent orders-agent --key /home/orders/agent.jwk
              countersign mcp orders --server https://countersign.example:7420 --agent orders-agent --key agent.jwk
            """)

    @Argument(help: "The tool server to speak to; without it: all of them.")
    var server: String?

    @OptionGroup(title: "Client") var options: ClientOptions

    package init() {}

    package func run() async throws {
        guard !options.json else {
            throw CommandFailure(
                "mcp has no --json: everything that it writes is JSON.", hint: "Leave --json out.", status: .usage)
        }
        let path = try Self.path(server)
        let client = try options.client(.current)
        // A client that is gone is found out by the write that fails.
        signal(SIGPIPE, SIG_IGN)
        let input = BridgeInput(STDIN_FILENO, limit: MCPBridge.messageLimit)
        let output = BridgeOutput(STDOUT_FILENO) { input.end() }
        let bridge = MCPBridge(client: client, path: path, output: output)
        await Interruption.cancelling { await bridge.run(input.lines) }
    }

    private static func path(_ server: String?) throws(CommandFailure) -> String {
        guard let server else { return "/mcp" }
        guard UpstreamServer.isName(Text(server)) else {
            throw CommandFailure(
                "\(server) is no tool server's name.", hint: "Names are 1 to 32 of a-z, 0-9 and -.", status: .usage)
        }
        return "/mcp/\(server)"
    }
}
