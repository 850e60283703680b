package import ArgumentParser

/// `countersign group`: whom policy may ask.
package struct GroupVerb: AsyncParsableCommand {
    package static let configuration = CommandConfiguration(
        commandName: "group", abstract: "Groups: whom policy asks.",
        subcommands: [AddToGroup.self, RemoveFromGroup.self, ListGroups.self])

    package init() {}
}
