package import ArgumentParser

/// `countersign tool`: what agents may call.
package struct ToolVerb: AsyncParsableCommand {
    package static let configuration = CommandConfiguration(
        commandName: "tool", abstract: "Tools: what agents may ask for, and what it touches.",
        subcommands: [RegisterTool.self, ListTools.self, DisableTool.self])

    package init() {}
}
