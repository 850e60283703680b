package import ArgumentParser

package struct GroupVerb: AsyncParsableCommand {
    package static let configuration = CommandConfiguration(
        commandName: "group", abstract: "Groups: whom policy asks.",
        subcommands: [AddToGroup.self, RemoveFromGroup.self, ListGroups.self])

    package init() {}
}
