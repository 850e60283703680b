import APIClient
import ArgumentParser

struct CancelVerb: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "cancel", abstract: "End a request before it is executed.",
        discussion: """
            Example:
              countersign request cancel req_…
            """)

    @Argument(help: "The request.")
    var id: String

    @OptionGroup(title: "Client") var options: ClientOptions

    func run() async throws {
        let id = try RequestOutput.id(id)
        let client = try options.client(.current)
        let view = try await RequestOutput.asked { () async throws(ClientError) in try await client.cancel(id) }
        RequestOutput.show(view, asJSON: options.json)
    }
}
