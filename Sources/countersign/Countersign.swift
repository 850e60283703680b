import ArgumentParser
import CommandLineTool
import DemoScenario
import Glibc
import OperatorVerbs

/// The one program. It lists its verbs and does nothing else, so that `--version` costs nothing.
@main
struct Countersign: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "countersign",
        abstract: "An approval authority for agents, service accounts and bots.",
        version: "0.1.0",
        subcommands: [Serve.self, Demo.self, Doctor.self] + ClientVerbs.all)

    static func main() async {
        exit(await Program.run(Self.self, arguments: Array(CommandLine.arguments.dropFirst())))
    }
}
