import APIClient
import ArgumentParser

struct ShowRequest: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show", abstract: "Print a request as it is now.",
        discussion: """
            Example:
              countersign request show req_… --json
            """)

    @Argument(help: "The request.")
    var id: String

    @OptionGroup(title: "Client") var options: ClientOptions

    func run() async throws {
        let id = try RequestOutput.id(id)
        let client = try options.client(.current)
        let view = try await RequestOutput.asked { () async throws(ClientError) in try await client.read(id) }
        RequestOutput.show(view, asJSON: options.json)
    }
}
