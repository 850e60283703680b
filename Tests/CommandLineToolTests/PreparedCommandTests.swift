import CanonicalEncoding
@testable import CommandLineTool
import DomainModel
import Foundation
import SystemPackage
import Testing
import WireProtocol

/// A directory of its own for one test.
struct Folder {
    let path: String

    init() throws {
        path = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString).path()
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }

    func write(_ name: String, _ text: String, mode: Int = 0o644) throws {
        try text.write(toFile: "\(path)/\(name)", atomically: false, encoding: .utf8)
        try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: "\(path)/\(name)")
    }

    func surroundings(_ more: [(Text, Text)] = []) -> ProcessSurroundings {
        ProcessSurroundings(
            environment: ([("PATH", "/usr/bin:/bin"), ("LD_PRELOAD", "/x.so"), ("OTHER", "o"), ("LC_ALL", "C")] + more)
                .map { (name: $0.0, value: $0.1) },
            directory: Text(path))
    }

    func prepared(_ plan: CommandPlan, _ more: [(Text, Text)] = []) throws -> PreparedCommand {
        try PreparedCommand(plan, surroundings(more)) { Array(repeating: 5, count: $0) }
    }
}

@Suite struct PreparedCommandTests {
    @Test func `the request names program, directory, variables and files by content`() throws {
        let folder = try Folder()
        try folder.write("a.sql", "SELECT 1")
        let command = try folder.prepared(CommandPlan(argv: ["cat", "a.sql", "--in=a.sql", "missing"]))
        defer { command.executable.release() }
        let invocation = command.invocation
        #expect(invocation.executable.path.string.hasSuffix("/cat"))
        #expect(invocation.directory == Text(folder.path))
        #expect(invocation.environment.map(\.name) == ["PATH", "LC_ALL"])
        #expect(invocation.files.map(\.argument) == [1, 2])
        #expect(invocation.files.allSatisfy { $0.digest == Digest(sha256: "SELECT 1".utf8) })
        #expect(try CommandInvocation(json: invocation.json) == invocation)
    }

    @Test func `a loader variable never passes, whoever names it`() throws {
        let folder = try Folder()
        #expect(throws: CommandFailure.self) {
            _ = try folder.prepared(CommandPlan(argv: ["true"], variables: ["LD_PRELOAD"]))
        }
        #expect(throws: CommandFailure.self) {
            _ = try folder.prepared(
                CommandPlan(argv: ["true"], secretVariables: ["PYTHONPATH"]), [("PYTHONPATH", "/x")])
        }
    }

    @Test func `a secret goes to the command and not into the request`() throws {
        let folder = try Folder()
        let plan = CommandPlan(
            argv: ["echo", "hunter2"], secretVariables: ["PGPASSWORD"], secretArguments: [1])
        let command = try folder.prepared(plan, [("PGPASSWORD", "swordfish")])
        defer { command.executable.release() }
        let text = CanonicalJSON.text(command.invocation.json)
        #expect(!text.contains("hunter2") && !text.contains("swordfish"))
        #expect(command.environment.contains { $0.name == "PGPASSWORD" && $0.value == "swordfish" })
        #expect(command.differences() == [])
    }

    @Test func `a file that a secret argument names is bound by content, and its text stays here`() throws {
        let folder = try Folder()
        try folder.write("hunter2.sh", "echo approved")
        let plan = CommandPlan(argv: ["sh", "hunter2.sh", "--in=hunter2.sh"], secretArguments: [1, 2])
        let command = try folder.prepared(plan)
        defer { command.executable.release() }
        #expect(command.invocation.files.map(\.argument) == [1, 2])
        #expect(command.invocation.files.allSatisfy { $0.digest == Digest(sha256: "echo approved".utf8) })
        #expect(!CanonicalJSON.text(command.invocation.json).contains("hunter2"))
        #expect(try CommandInvocation(json: command.invocation.json) == command.invocation)
        #expect(command.differences() == [])
        try folder.write("hunter2.sh", "echo other")
        #expect(
            command.differences() == ["the file that argument 1 names", "the file that argument 2 names"])
    }

    @Test func `a file that changes, goes or comes is a difference`() throws {
        let folder = try Folder()
        try folder.write("a", "1")
        let command = try folder.prepared(CommandPlan(argv: ["cat", "a", "b"]))
        defer { command.executable.release() }
        #expect(command.differences() == [])
        try folder.write("a", "2")
        #expect(command.differences() == ["the file a"])
        try folder.write("a", "1")
        #expect(command.differences() == [])
        try folder.write("b", "x")
        #expect(command.differences() == ["the file b, which was not there"])
        try FileManager.default.removeItem(atPath: "\(folder.path)/b")
        try FileManager.default.removeItem(atPath: "\(folder.path)/a")
        #expect(command.differences() == ["the file a"])
    }

    @Test func `a program that is rewritten or replaced while people decide is a difference`() throws {
        let folder = try Folder()
        try folder.write("job", "#!/bin/sh\necho approved\n", mode: 0o755)
        let command = try folder.prepared(CommandPlan(argv: ["./job"]))
        defer { command.executable.release() }
        #expect(command.differences() == [])
        try folder.write("job", "#!/bin/sh\necho other\n", mode: 0o755)
        #expect(command.differences() == ["the program \(command.executable.path)"])
        try FileManager.default.removeItem(atPath: "\(folder.path)/job")
        #expect(command.differences() == ["the program \(command.executable.path)"])
    }

    @Test func `whoever shares the user id cannot put anything in the place of what was hashed`() async throws {
        let folder = try Folder()
        try folder.write("job", "#!/bin/sh\necho approved\n", mode: 0o755)
        try folder.write("other", "#!/bin/sh\necho other\n", mode: 0o755)
        let command = try folder.prepared(CommandPlan(argv: ["./job"]))
        defer { command.executable.release() }
        let held = command.executable.executablePath.string
        // By another file under its name, by writing into it, and by giving oneself the right to write first.
        #expect(rename("\(folder.path)/other", held) != 0)
        try folder.write("job", "#!/bin/sh\necho other\n", mode: 0o755)
        chmod(held, 0o777)
        let writing = open(held, O_WRONLY)
        if writing >= 0 {
            let bytes = Array("#!/bin/sh\necho evil!!!!\n".utf8)
            #expect(write(writing, bytes, bytes.count) < 0)
            #expect(ftruncate(writing, 0) != 0)
            close(writing)
        }
        let outcome = await CommandRunner(command: command).run(atMost: .seconds(30)) { _, _ in }
        #expect(outcome.ending == .exited(0))
        #expect(outcome.output.beginning == Array("approved\n".utf8))
    }

    @Test func `what is no program is refused before anything is asked`() throws {
        let folder = try Folder()
        try folder.write("plain", "x")
        for name in ["", "no-such-program-here", "./plain", "./missing", "/"] {
            #expect(throws: CommandFailure.self) { _ = try folder.prepared(CommandPlan(argv: [Text(name)])) }
        }
    }
}

@Suite struct CommandRunnerTests {
    static func run(_ argv: [Text], stdin: [UInt8]? = nil, atMost limit: Duration = .seconds(30)) async throws
        -> RunOutcome
    {
        let command = try Folder().prepared(CommandPlan(argv: argv, stdin: stdin))
        defer { command.executable.release() }
        return await CommandRunner(command: command).run(atMost: limit) { _, _ in }
    }

    @Test func `the exit status and the digests of both outputs are the command's`() async throws {
        let outcome = try await Self.run(["sh", "-c", "printf abc; printf err >&2; exit 7"])
        #expect(outcome.ending == .exited(7))
        #expect(outcome.output.digest == Digest(sha256: "abc".utf8))
        let observed = CompletionReport(outcome: outcome, observed: nil).body.observed
        #expect(observed["digest"]?.stringValue == Digest(sha256: "abc".utf8).wire)
        #expect(observed["output_bytes"] == 3)
        #expect(observed["error_digest"]?.stringValue == Digest(sha256: "err".utf8).wire)
        #expect(observed["error_bytes"] == 3)
        #expect(CompletionReport(outcome: outcome, observed: nil).body.outcome == .failed)
    }

    @Test func `arguments reach the command byte for byte, without a shell`() async throws {
        let outcome = try await Self.run(["printf", "%s", "$(id) `id` * ; \"q\" é"])
        #expect(outcome.output.beginning == Array("$(id) `id` * ; \"q\" é".utf8))
    }

    @Test func `only chosen variables pass`() async throws {
        let outcome = try await Self.run(["env"])
        let lines = String(decoding: outcome.output.beginning, as: UTF8.self).split(separator: "\n").sorted()
        #expect(lines == ["LC_ALL=C", "PATH=/usr/bin:/bin"])
    }

    @Test func `standard input is what was read, or nothing`() async throws {
        #expect(try await Self.run(["cat"], stdin: Array("in".utf8)).output.beginning == Array("in".utf8))
        #expect(try await Self.run(["cat"]).output.count == 0)
    }

    @Test func `at the deadline the whole process group ends`() async throws {
        let outcome = try await Self.run(["sh", "-c", "trap '' TERM; sleep 60 & wait; sleep 60"], atMost: .seconds(1))
        #expect(outcome.isOverdue)
        #expect(outcome.ending == .signalled(9))
    }

    @Test func `short output is an observation, long output is none`() async throws {
        let short = try await Self.run(["printf", " 42\\n"])
        #expect(CompletionReport(outcome: short, observed: "rows").body.observed["rows"] == "42")
        let long = try await Self.run(["head", "-c", "2000", "/dev/zero"])
        #expect(CompletionReport(outcome: long, observed: "rows").body.observed["rows"] == nil)
        #expect(long.output.count == 2000)
    }
}
