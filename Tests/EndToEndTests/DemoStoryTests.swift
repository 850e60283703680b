import CanonicalEncoding
import Foundation
import GRDB
import Testing

/// The story of the README, by the real program.
@Suite struct DemoStoryTests {
    private static func demo(
        _ more: [String] = [], in folder: String, environment: [String: String] = [:]
    ) throws -> Program {
        try Program(
            ["demo", "--unattended"] + more, in: folder,
            environment: environment.merging(["TMPDIR": folder]) { own, _ in own })
    }

    /// Both streams, however the demo ends: on a terminal they are one.
    private static func expectMarked(_ demo: Program, atLeast count: Int) {
        let lines = (demo.written + demo.said).split(separator: "\n")
        #expect(lines.count >= count, "\(lines)")
        for line in lines { #expect(line.hasPrefix("unattended │ "), "\(line)") }
    }

    @Test func `an agent asks, an approver approves, each effect happens once, and the record checks`() async throws {
        let folder = try TestFolder.make()
        let demo = try Self.demo(["--json"], in: folder)
        #expect(try await demo.exitStatus() == 0, "\(demo.said)")
        let report = try JSONReader.read(Array(demo.written.utf8))
        #expect(report["as_expected"]?.boolValue == true)
        #expect(report["unattended"]?.boolValue == true)
        let steps = report["steps"]?.arrayValue ?? []
        #expect(steps.map { $0["exit_status"]?.integerValue } == [0, 0, 0, 3])
        #expect(steps.map { $0["void"]?.integerValue } == [3, 3, 0, 0])
        #expect(steps.map { $0["orders"]?.integerValue } == [12, 12, 9, 9])
        #expect(demo.said.isEmpty)
    }

    @Test func `every line of an unattended demo says so, and so does all that its approver left in the log`()
        async throws
    {
        let folder = try TestFolder.make()
        let demo = try Self.demo(["--keep"], in: folder)
        #expect(try await demo.exitStatus() == 0, "\(demo.said)")
        Self.expectMarked(demo, atLeast: 20)
        let kept = try #require(try Self.kept(in: folder))
        let entries = try Self.log("\(kept)/authority/countersign.sqlite")
        // What the demo put there before anybody enrolled, and what its authenticator did.
        let byDemo = entries.filter { $0["body"]?["by"] != nil }
        #expect(byDemo.count >= 6)
        for entry in byDemo {
            // By `demo-unattended`, or the setup of a person who is called `unattended-approver`.
            #expect(CanonicalJSON.text(entry).contains("unattended"))
        }
        let kinds = ["passkey.enrolled", "vote.cast"]
        for kind in kinds {
            let made = entries.filter { $0["kind"]?.stringValue == kind }
            #expect(made.count == 1, "\(kind) in \(entries.map { $0["kind"] ?? .null })")
            for entry in made { #expect(CanonicalJSON.text(entry).contains(#":"unattended-approver""#)) }
        }
    }

    @Test func `an unattended demo that goes wrong says so in every line too`() async throws {
        let folder = try TestFolder.make()
        // The agent finds no sqlite3: four steps come out otherwise, and each is explained in several lines.
        let demo = try Self.demo(in: folder, environment: ["PATH": folder])
        #expect(try await demo.exitStatus() == 1)
        #expect(demo.written.contains("NOT as it must be"))
        #expect(demo.written.contains("countersign: hint: Check its name and PATH."), "\(demo.written)")
        Self.expectMarked(demo, atLeast: 20)
    }

    @Test func `an unattended demo that cannot begin, or is interrupted, says so in every line too`() async throws {
        let folder = try TestFolder.make()
        let lost = try Self.demo(in: folder, environment: ["TMPDIR": "\(folder)/none"])
        #expect(try await lost.exitStatus() == 1)
        #expect(lost.said.contains("countersign: hint:"))
        Self.expectMarked(lost, atLeast: 2)
        let interrupted = try Self.demo(in: folder)
        _ = try await ServerProcess.eventually { interrupted.written.contains("Countersign demo") ? true : nil }
        interrupted.interrupt()
        #expect(try await interrupted.exitStatus() == 130)
        #expect(interrupted.said.contains("the demo was interrupted"), "\(interrupted.said)")
        Self.expectMarked(interrupted, atLeast: 2)
    }

    private static func kept(in folder: String) throws -> String? {
        try FileManager.default.contentsOfDirectory(atPath: folder)
            .first { $0.hasPrefix("countersign-demo-") }.map { "\(folder)/\($0)" }
    }

    private static func log(_ path: String) throws -> [JSONValue] {
        let queue = try DatabaseQueue(path: path)
        defer { try? queue.close() }
        let rows = try queue.read { try Data.fetchAll($0, sql: "SELECT bytes FROM log ORDER BY position") }
        return try rows.map { try JSONReader.read(Array($0)) }
    }
}
