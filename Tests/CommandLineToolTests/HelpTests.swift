import ArgumentParser
import CommandLineTool
import Foundation
import Testing

/// The program as it will be composed, as far as this module goes.
struct WholeProgram: AsyncParsableCommand {
    static var configuration: CommandConfiguration {
        CommandConfiguration(commandName: "countersign", subcommands: CommandLineTool.clientVerbs)
    }
}

@Suite struct HelpTests {
    static let golden = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Golden")

    /// Every verb with its parents, as `agent create`.
    static let verbs: [[String]] = {
        func all(_ command: any ParsableCommand.Type, _ path: [String]) -> [[String]] {
            [path] + command.configuration.subcommands.flatMap { all($0, path + [$0._commandName]) }
        }
        return CommandLineTool.clientVerbs.flatMap { all($0, [$0._commandName]) }
    }()

    static func help(_ verb: [String]) -> String {
        var command: any ParsableCommand.Type = WholeProgram.self
        for name in verb {
            guard let next = command.configuration.subcommands.first(where: { $0._commandName == name }) else { break }
            command = next
        }
        return WholeProgram.helpMessage(for: command, columns: 100) + "\n"
    }

    /// `COUNTERSIGN_WRITE_GOLDEN=1` writes the files anew; read the difference before you keep it.
    @Test(arguments: verbs)
    func `help is what the golden file says`(verb: [String]) throws {
        let file = Self.golden.appending(path: verb.joined(separator: "-") + ".txt")
        let help = Self.help(verb)
        if ProcessInfo.processInfo.environment["COUNTERSIGN_WRITE_GOLDEN"] == "1" {
            try help.write(to: file, atomically: true, encoding: .utf8)
        }
        #expect(try String(contentsOf: file, encoding: .utf8) == help)
    }

    @Test func `no golden file is left over`() throws {
        let files = try FileManager.default.contentsOfDirectory(atPath: Self.golden.path()).sorted()
        #expect(files == Self.verbs.map { $0.joined(separator: "-") + ".txt" }.sorted())
    }

    @Test(arguments: verbs.filter { WholeProgram.leaf($0) })
    func `every verb that does something shows an example`(verb: [String]) {
        #expect(Self.help(verb).contains("countersign \(verb.joined(separator: " "))"))
    }
}

extension WholeProgram {
    static func leaf(_ verb: [String]) -> Bool {
        !HelpTests.verbs.contains { $0.count > verb.count && Array($0.prefix(verb.count)) == verb }
    }
}
