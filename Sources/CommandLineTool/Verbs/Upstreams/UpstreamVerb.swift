package import ArgumentParser

/// `countersign upstream`: tool servers behind the gateway.
package struct UpstreamVerb: AsyncParsableCommand {
    package static let configuration = CommandConfiguration(
        commandName: "upstream", abstract: "Tool servers behind the gateway, and what they offer.",
        subcommands: [AddUpstream.self, ListUpstreams.self, ShowUpstream.self, RemoveUpstream.self])

    package init() {}
}
