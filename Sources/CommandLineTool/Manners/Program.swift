package import ArgumentParser

/// Runs a command line with the manners of the program (`planes.md`, "The program").
package enum Program {
    /// Parses, runs, and says what went wrong; gives the exit status.
    ///
    /// - Parameter arguments: without the program's own name.
    package static func run(_ root: any AsyncParsableCommand.Type, arguments: [String]) async -> Int32 {
        do {
            var command = try root.parseAsRoot(arguments)
            if var command = command as? any AsyncParsableCommand {
                try await command.run()
            } else {
                try command.run()
            }
            return ExitStatus.done.rawValue
        } catch {
            return status(of: error, root)
        }
    }

    private static func status(of error: any Error, _ root: any AsyncParsableCommand.Type) -> Int32 {
        if let failure = error as? CommandFailure {
            Terminal.report(failure)
            return failure.status.rawValue
        }
        if let code = error as? ExitCode { return code.rawValue }
        let code = root.exitCode(for: error)
        if code == .success {
            Terminal.result(root.message(for: error))
            return ExitStatus.done.rawValue
        }
        if code == .validationFailure {
            Terminal.report(
                CommandFailure(root.message(for: error), hint: "Add --help to see what the verb takes.", status: .usage)
            )
            return ExitStatus.usage.rawValue
        }
        Terminal.report(CommandFailure("\(error)"))
        return ExitStatus.failed.rawValue
    }
}
