import APIClient
import ArgumentParser
import CanonicalEncoding
import DomainModel
import WireProtocol

struct WatchRequest: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "watch", abstract: "Wait until a request ends, and print it.",
        discussion: """
            Exits with 3 when it was denied, with 4 when it expired or the wait was over, with 1 when it ended otherwise \
            without success.

            Example:
              countersign request watch req_… --wait 1h
            """)

    @Argument(help: "The request.")
    var id: String

    @OptionGroup(title: "Client") var options: ClientOptions

    @Option(help: ArgumentHelp("How long to wait.", valueName: "span"))
    var wait = Span(seconds: 1800)

    @Flag(help: "Wait for the decision alone.")
    var untilDecided = false

    func run() async throws {
        let id = try RequestOutput.id(id)
        let progress = ProgressLine.standardError
        let client = try options.client(.current, patience: .seconds(wait.seconds), progress: progress)
        let end = SystemClock.now().adding(seconds: wait.seconds)
        var view = try await RequestOutput.asked { () async throws(ClientError) in try await client.read(id) }
        while view.status.map({ !$0.isTerminal && !(untilDecided && $0 != .pending) }) ?? true {
            progress.show(RequestProgress.line(view))
            let left = end.seconds - SystemClock.now().seconds
            guard left > 0 else {
                progress.finish()
                throw CommandFailure(
                    "The request has not ended within \(wait.seconds) seconds.", hint: "It goes on; watch it again.",
                    status: .expired)
            }
            let known = view
            view = try await RequestOutput.asked { () async throws(ClientError) in
                try await client.read(id, waitSeconds: min(30, left), known: known)
            }
        }
        progress.finish()
        RequestOutput.show(view, asJSON: options.json)
        try RequestOutput.check(view)
    }
}
