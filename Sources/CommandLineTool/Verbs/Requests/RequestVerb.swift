package import ArgumentParser

/// `countersign request`: open, look at, watch and cancel requests.
package struct RequestVerb: AsyncParsableCommand {
    package static let configuration = CommandConfiguration(
        commandName: "request", abstract: "Requests: open, look, watch, cancel.",
        subcommands: [OpenVerb.self, ShowRequest.self, WatchRequest.self, CancelVerb.self])

    package init() {}
}
