import ArgumentParser
import CanonicalEncoding
import Foundation

/// What the command is given beside its arguments.
struct InvocationOptions: ParsableArguments {
    /// Standard input is held in memory until it is used.
    private static let inputLimit = 64 << 20

    @Option(
        name: .customLong("env"),
        help: ArgumentHelp("A variable to pass, beside PATH, HOME, LANG, LC_*, TZ and TERM.", valueName: "name"))
    var variables: [String] = []

    @Option(
        name: .customLong("secret-env"),
        help: ArgumentHelp("A variable to pass whose value stays here; people see a salted digest.", valueName: "name"))
    var secretVariables: [String] = []

    @Option(
        name: .customLong("secret-arg"),
        help: ArgumentHelp(
            "The position of an argument whose value stays here; 1 is the first after the command.", valueName: "n"))
    var secretArguments: [Int] = []

    @Flag(help: "Give the command this program's standard input, read to its end first; otherwise it gets none.")
    var stdin = false

    func plan(_ command: [String]) throws(CommandFailure) -> CommandPlan {
        guard !command.isEmpty else { throw CommandPlan.isEmpty }
        guard secretArguments.allSatisfy({ (1..<max(command.count, 1)).contains($0) }) else {
            throw CommandFailure(
                "--secret-arg names an argument that is not there.",
                hint: "1 is the first argument after the command's name.", status: .usage)
        }
        var plan = CommandPlan(argv: command.map { Text($0) })
        plan.variables = variables.map { Text($0) }
        plan.secretVariables = secretVariables.map { Text($0) }
        plan.secretArguments = secretArguments
        if stdin {
            guard let data = try? FileHandle.standardInput.readToEnd() ?? Data(), data.count <= Self.inputLimit else {
                throw CommandFailure(
                    "Standard input cannot be read, or is larger than 64 MiB.",
                    hint: "Put it into a file and name the file as an argument.")
            }
            plan.stdin = Array(data)
        }
        return plan
    }
}
