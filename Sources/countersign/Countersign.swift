import ArgumentParser
import CommandLineTool
import DemoScenario
import Glibc
import OperatorVerbs
import ServerRuntime

/// The one program. It lists its verbs and does nothing else, so that `--version` costs nothing.
@main
struct Countersign: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "countersign",
        abstract: "An approval authority for agents, service accounts and bots.",
        version: ServerRuntime.version,
        groupedSubcommands: [
            CommandGroup(name: "Run it", subcommands: [Serve.self, Demo.self, Doctor.self, Restore.self]),
            CommandGroup(
                name: "Act through it",
                subcommands: [RunVerb.self, MCPVerb.self, RequestVerb.self, BearerTokenVerb.self]),
            CommandGroup(
                name: "Propose changes",
                subcommands: [
                    AgentVerb.self, PersonVerb.self, GroupVerb.self, ToolVerb.self, UpstreamVerb.self,
                    ProviderVerb.self, FreezeVerb.self,
                    ThawVerb.self,
                ]),
            CommandGroup(name: "Write policy", subcommands: [PolicyVerb.self, RecordedVerb.self]),
        ])

    static func main() async {
        // Asked by scripts all day: answered before the parser has looked at every verb.
        if CommandLine.arguments.dropFirst().elementsEqual(["--version"]) {
            let line = Array("\(configuration.version)\n".utf8)
            Glibc.exit(write(STDOUT_FILENO, line, line.count) == line.count ? 0 : 1)
        }
        Glibc.exit(await Program.run(Self.self, arguments: Array(CommandLine.arguments.dropFirst())))
    }
}
