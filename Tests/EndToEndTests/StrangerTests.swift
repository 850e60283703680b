import Foundation
import SecretMaterial
import Testing

/// What somebody sees who does it wrong: one sentence, a hint, the status of the table in `docs/reference/cli.md`, and no result.
@Suite struct StrangerTests {
    private static let agent = ["--agent", "a", "--key", "k/a.key"]

    static let wrong: [(status: Int32, arguments: [String])] = [
        (2, ["nonsense"]), (2, ["help", "nonsense"]), (2, ["run"]), (2, ["run", "--tool", "a/b"]),
        (2, ["run", "--tool", "ab", "--", "true"]), (2, ["run", "--tool", "a/b", "--wait", "5", "--", "true"]),
        (2, ["run", "--tool", "a/b", "--", "true"]), (2, ["run", "--tool", "a/b", "--agent", "A", "--", "true"]),
        (2, ["run", "--tool", "a/b", "--agent", "a", "--", "true"]),
        (1, ["run", "--tool", "a/b", "--agent", "a", "--key", "none", "--", "true"]),
        (1, ["run", "--tool", "a/b", "--agent", "a", "--key", "k/open.key", "--", "true"]),
        (1, ["run", "--tool", "a/b", "--agent", "a", "--key", "k/bad.key", "--", "true"]),
        (2, ["run", "--tool", "a/b"] + agent + ["--", "no-such-program"]),
        (2, ["run", "--tool", "a/b"] + agent + ["--", "./bad.json"]),
        (2, ["run", "--tool", "a/b", "--env", "NONE"] + agent + ["--", "true"]),
        (2, ["run", "--tool", "a/b", "--env", "LD_PRELOAD"] + agent + ["--", "true"]),
        (2, ["run", "--tool", "a/b", "--secret-arg", "3"] + agent + ["--", "true"]),
        (2, ["run", "--tool", "a/b", "--supersedes", "x"] + agent + ["--", "true"]),
        (2, ["run", "--tool", "a/b", "--json"] + agent + ["--", "true"]),
        (2, ["run", "--tool", "a/b", "--server", "127.0.0.1:1"] + agent + ["--", "true"]),
        (2, ["run", "--tool", "a/b", "--server", "http://"] + agent + ["--", "true"]),
        (2, ["mcp", "Orders"] + agent), (2, ["mcp", "--json"] + agent), (2, ["mcp"]),
        (2, ["request", "show", "x"] + agent), (2, ["request", "watch", "x"] + agent),
        (2, ["request", "cancel", "x"] + agent),
        (2, ["request", "open", "--tool", "a/b", "--arguments", "{"] + agent),
        (2, ["token"]), (2, ["token", "--only", "X"] + agent), (1, ["agent", "allow-bearer", "x"]),
        (1, ["agent", "refuse-bearer", "x"]),
        (1, ["agent", "list"]), (1, ["agent", "show", "x", "--json"]), (2, ["agent", "show", "X"]),
        (1, ["agent", "create", "x", "--owner", "o", "--purpose", "p", "--key-file", "k/a.key"]),
        (1, ["agent", "create", "x", "--owner", "o", "--purpose", "p", "--key-file", "none/x.key"]),
        (2, ["agent", "create", "x", "--owner", "o", "--purpose", "p", "--ends", "soon"]),
        (1, ["agent", "rotate", "x", "--key-file", "k/new.key"]), (1, ["agent", "disable", "x"]),
        (1, ["person", "list"]), (2, ["person", "create", "ada", "--name", "A", "--role", "king"]),
        (1, ["person", "enrol", "ada"]), (2, ["person", "disable"]), (2, ["group", "add", "dba", "ada"]),
        (1, ["group", "remove", "dba", "person:ada"]), (1, ["tool", "list", "--json"]), (2, ["tool", "register", "x"]),
        (2, ["tool", "register", "a/b", "--title", "t", "--target", "x"]), (1, ["tool", "disable", "a/b"]),
        (2, ["provider", "register", "n", "--kind", "other", "--location", "/x"]),
        (2, ["provider", "register", "n", "--kind", "file-digest", "--location", "x"]), (1, ["provider", "list"]),
        (2, ["freeze", "all", "--reason", "r"]), (1, ["freeze", "everything", "--reason", "r"]),
        (1, ["thaw", "everything"]), (1, ["doctor", "--data", "none"]), (1, ["doctor", "--data", "none", "--json"]),
        (1, ["recorded", "--data", "none"]), (2, ["restore"]), (1, ["restore", "--yes", "--data", "none"]),
        (2, ["serve", "--config", "none"]), (2, ["serve", "--config", "bad.json"]),
        (2, ["serve", "--log-level", "loud"]), (2, ["serve", "--agents", "nowhere"]),
        (1, ["serve", "--data", "/proc/none"]), (2, ["demo", "--nonsense"]),
        (1, ["policy", "check", "none"]), (1, ["policy", "test", "none", "--policy", "none"]),
        (1, ["policy", "explain", "none", "--request", "none"]),
        (1, ["policy", "replay", "none", "--requests", "none"]),
        (1, ["policy", "format", "none"]), (1, ["policy", "schema", "--tools", "bad.json"]), (1, ["policy", "schema"]),
        (1, ["policy", "conformance", "none"]),
    ]

    private static func folder() throws -> String {
        let folder = try TestFolder.make()
        try FileManager.default.createDirectory(
            atPath: "\(folder)/k", withIntermediateDirectories: false, attributes: [.posixPermissions: 0o700])
        for (name, mode) in [("k/open.key", 0o644), ("k/bad.key", 0o600), ("bad.json", 0o644)] {
            try "{".write(toFile: "\(folder)/\(name)", atomically: false, encoding: .utf8)
            try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: "\(folder)/\(name)")
        }
        try KeyFile.write(SigningKey(generating: .es256), to: "\(folder)/k/a.key")
        return folder
    }

    @Test func `whatever is done wrong ends with one sentence, one hint and the status of the table`() async throws {
        let folder = try Self.folder()
        for (status, arguments) in Self.wrong {
            let program = try Program(arguments, in: folder)
            #expect(try await program.exitStatus() == status, "\(arguments): \(program.said)")
            let lines = program.said.split(separator: "\n", omittingEmptySubsequences: false)
            #expect(lines.count == 3 && lines.last?.isEmpty == true, "\(arguments): \(program.said)")
            #expect(lines.first?.hasPrefix("countersign: error: ") == true, "\(arguments): \(program.said)")
            #expect(lines.dropFirst().first?.hasPrefix("countersign: hint: ") == true, "\(arguments): \(program.said)")
            #expect(program.written.isEmpty, "\(arguments)")
        }
        // Nobody needs a key that no proposal names.
        #expect(!FileManager.default.fileExists(atPath: "\(folder)/k/new.key"))
    }

    @Test func `whoever waits for a server that is not there is told at once, and why`() async throws {
        let folder = try Self.folder()
        let arguments = ["run", "--tool", "a/b", "--server", "http://127.0.0.1:1", "--wait", "5m"] + Self.agent
        let program = try Program(arguments + ["--", "true"], in: folder)
        let told = try await ServerProcess.eventually {
            program.said.contains("http://127.0.0.1:1 does not answer: connection refused. Trying again.") ? true : nil
        }
        #expect(told == true, "\(program.said)")
        program.interrupt()
        #expect(try await program.exitStatus() == 1)
        #expect(program.said.contains("countersign: hint: Nothing was run."), "\(program.said)")
    }
}
