package import ArgumentParser

/// `countersign provider`: readers of facts about targets.
package struct ProviderVerb: AsyncParsableCommand {
    package static let configuration = CommandConfiguration(
        commandName: "provider", abstract: "Providers of facts: what preconditions are read from.",
        subcommands: [RegisterProvider.self, ListProviders.self])

    package init() {}
}
