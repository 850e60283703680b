package import ArgumentParser

/// Runs a command line with the manners of the program (`planes.md`, "The program").
package enum Program {
    /// Parses, runs, and says what went wrong; gives the exit status.
    ///
    /// - Parameter arguments: without the program's own name.
    package static func run(_ root: any AsyncParsableCommand.Type, arguments: [String]) async -> Int32 {
        let status = await outcome(root, arguments)
        guard status == ExitStatus.done.rawValue, Terminal.hasLostOutput else { return status }
        Terminal.report(
            CommandFailure("The output could not be written.", hint: "Check where standard output goes."))
        return ExitStatus.failed.rawValue
    }

    private static func outcome(_ root: any AsyncParsableCommand.Type, _ arguments: [String]) async -> Int32 {
        do {
            try checkHelp(root, arguments)
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

    /// The parser answers `help` with the whole program's help whatever follows it.
    private static func checkHelp(_ root: any ParsableCommand.Type, _ arguments: [String]) throws(CommandFailure) {
        guard arguments.first == "help" else { return }
        var command = root
        for word in arguments.dropFirst() where !word.hasPrefix("-") {
            let next = command.configuration.subcommands.first { $0._commandName == word }
            guard let next else {
                throw CommandFailure(
                    "There is no verb \(word).", hint: "countersign --help lists the verbs.", status: .usage)
            }
            command = next
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
            let message = root.message(for: error)
            Terminal.report(CommandFailure(message, hint: UsageHint.hint(for: message), status: .usage))
            return ExitStatus.usage.rawValue
        }
        Terminal.report(
            CommandFailure(
                "The verb broke off with an error that it has no words for: \(error)",
                hint: "Try it once more; if it comes again, it is a fault of this program: report this line."))
        return ExitStatus.failed.rawValue
    }
}
