import APIClient
import AuthorityTestKit
import CanonicalEncoding
import DomainModel
import Foundation
import SecretMaterial
import Testing

/// The program's own verbs while they wait for people.
@Suite struct WaitingProgramTests {
    @Test func `a command that waits survives a restart of the server and runs once`() async throws {
        var host = try await CommandHost()
        defer { host.remove() }
        let run = try host.run([], ["/bin/sh", "-c", "echo ran >> \(host.effect); echo done; exit 7"])
        let id = try #require(try await host.waiting())

        #expect(try await host.server.stop(), "\(host.server.writtenLog)")
        #expect(run.isRunning, "\(run.said)")
        try await host.restart()
        #expect(run.isRunning, "\(run.said)")
        #expect(!host.hasEffect)
        try await host.browser.vote(.approve, on: id)

        // The exit status is the command's own.
        #expect(try await run.exitStatus() == 7, "\(run.said)")
        #expect(run.written == "done\n")
        #expect(try String(contentsOfFile: host.effect, encoding: .utf8) == "ran\n")
        #expect(try await host.browser.status(of: id) == .failed)
        #expect(try await host.server.stop(), "\(host.server.writtenLog)")
        let report = try await host.installation.doctor()
        #expect(report.sound, "\(report.output)")
        #expect(report.counts["requests"]?.integerValue == 1)
        #expect(report.counts["executions"]?.integerValue == 1)
    }

    @Test(arguments: [["/bin/sh", "script.sh"], ["./script.sh"]])
    func `a command whose file or program changes while it waits is not claimed and not run`(
        command: [String]
    ) async throws {
        var host = try await CommandHost()
        defer { host.remove() }
        let script = "\(host.installation.folder)/script.sh"
        let write = { (word: String) in
            try "#!/bin/sh\necho \(word) >> \(host.effect)\n".write(toFile: script, atomically: false, encoding: .utf8)
            try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: script)
        }
        try write("approved")
        let run = try host.run([], command)
        let id = try #require(try await host.waiting())
        try write("other")
        try await host.browser.vote(.approve, on: id)

        #expect(try await run.exitStatus() == 1)
        #expect(run.said.contains("countersign: error: What was approved is not what would run now"), "\(run.said)")
        #expect(run.said.contains("countersign: hint: Nothing was run."), "\(run.said)")
        #expect(!host.hasEffect)
        // It stands approved, and nobody has claimed it.
        #expect(try await host.browser.status(of: id) == .approved)
        #expect(try await host.server.stop(), "\(host.server.writtenLog)")
        let report = try await host.installation.doctor()
        #expect(report.sound, "\(report.output)")
        #expect(report.counts["executions"]?.integerValue == 0)
    }

    @Test(arguments: [(Decision.approve, Int32(0), "applied"), (.deny, 3, "rejected")])
    func `a proposal over the operator's socket waits for an administrator and says what came of it`(
        decision: Decision, status: Int32, word: String
    ) async throws {
        let installation = try await Installation.copy()
        defer { installation.remove() }
        let server = try await ServerProcess(data: installation.data)
        var browser = installation.browser.visiting(server.consoleURL)
        let client = OperatorClient(dataDirectory: installation.data)
        let verb = try Program(
            ["agent", "disable", "orders-agent", "--data", installation.data, "--wait", "--json"],
            in: installation.folder)
        let proposed = try await ServerProcess.eventually {
            try await client.inventory()["changes"]?.arrayValue?.first { $0["status"] == "proposed" }?["id"]?.textValue
        }
        let id = try #require(proposed)
        #expect(try await client.change(id).status == .proposed)
        #expect(verb.isRunning, "\(verb.said)")
        #expect(verb.written.isEmpty)
        try await browser.confirm(.string(id), decision)

        #expect(try await verb.exitStatus() == status, "\(verb.said)")
        let line = try JSONReader.read(Array(verb.written.utf8))
        #expect(line["id"]?.textValue == id)
        #expect(line["status"]?.stringValue == word)
        #expect(try await client.change(id).status?.rawValue == word)
        let agents = try await client.inventory()["agents"]?.arrayValue ?? []
        #expect(agents.map { $0["disabled_at"] != nil } == [decision == .approve])
        // Whoever asks for what is not there is told so, in the same form.
        await #expect(throws: ClientError.self) { try await client.change("chg_none") }
        #expect(try await server.stop(), "\(server.writtenLog)")
        await #expect(throws: ClientError.self) { try await client.inventory() }
    }
}
