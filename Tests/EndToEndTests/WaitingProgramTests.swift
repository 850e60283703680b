import APIClient
import AuthorityTestKit
import CanonicalEncoding
import DomainModel
import Foundation
import SecretMaterial
import Testing

/// The program's own verbs while they wait for people.
@Suite struct WaitingProgramTests {
    /// The command tool of a host; whatever it runs needs people.
    private static let policy: Text = """
        @id("all") permit (principal, action, resource);
        @id("people") @tier("approval") @approvers("operators") @quorum("1") @ttl("15m") @expires("1h")
        @assurance("1") @reason("Commands need people")
        forbid (principal, action, resource)
        unless { context has approval && context.approval.hasTag("operators")
            && context.approval.getTag("operators") >= 1 && context.approval.assurance >= 1 };
        """

    private static let shell = RegisteredTool(
        reference: ToolReference(server: "host", name: "shell"), kind: .command, title: "Run a command",
        targets: [
            Target(name: "here", resource: ResourceReference(type: "Host", id: "test"), environment: "test")
        ])

    @Test func `a command that waits survives a restart of the server and runs once`() async throws {
        let installation = try await Installation.copy()
        defer { installation.remove() }
        let first = try await ServerProcess(data: installation.data)
        var browser = installation.browser.visiting(first.consoleURL)
        try await browser.apply(.registerTool(Self.shell))
        try await browser.apply(.loadPolicy(source: Self.policy))
        let key = "\(installation.folder)/agent.jwk"
        let effect = "\(installation.folder)/effect"
        try KeyFile.write(installation.key, to: key)
        let run = try Program(
            [
                "run", "--server", first.agentsURL.string, "--agent", "orders-agent", "--key", key, "--tool",
                "host/shell", "--wait", "5m", "--", "/bin/sh", "-c", "echo ran >> \(effect); echo done; exit 7",
            ], in: installation.folder)
        let opened = try await ServerProcess.eventually { try await browser.waitingRequests().first }
        let id = try #require(opened)

        #expect(try await first.stop(), "\(first.writtenLog)")
        #expect(run.isRunning, "\(run.said)")
        let second = try await ServerProcess(data: installation.data, addresses: first.addresses)
        #expect(run.isRunning, "\(run.said)")
        #expect(!FileManager.default.fileExists(atPath: effect))
        try await browser.vote(.approve, on: id)

        // The exit status is the command's own.
        #expect(try await run.exitStatus() == 7, "\(run.said)")
        #expect(run.written == "done\n")
        #expect(try String(contentsOfFile: effect, encoding: .utf8) == "ran\n")
        #expect(try await browser.status(of: id) == .failed)
        #expect(try await second.stop(), "\(second.writtenLog)")
        let report = try await installation.doctor()
        #expect(report.sound, "\(report.output)")
        #expect(report.counts["requests"]?.integerValue == 1)
        #expect(report.counts["executions"]?.integerValue == 1)
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
