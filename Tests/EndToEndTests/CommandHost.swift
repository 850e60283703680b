import APIClient
import CanonicalEncoding
import DomainModel
import Foundation
import SecretMaterial

/// An installation with the command tool of a host, and the program's own `run` as its client.
struct CommandHost: Sendable {
    var installation: Installation
    var browser: TestBrowser
    private(set) var server: ServerProcess

    /// Whatever it runs needs people.
    static let people: Text = """
        @id("all") permit (principal, action, resource);
        @id("people") @tier("approval") @approvers("operators") @quorum("1") @ttl("15m") @expires("1h")
        @assurance("1") @reason("Commands need people")
        forbid (principal, action, resource)
        unless { context has approval && context.approval.hasTag("operators")
            && context.approval.getTag("operators") >= 1 && context.approval.assurance >= 1 };
        """
    /// Whatever it runs is routine.
    static let routine: Text = #"@id("all") permit (principal, action, resource);"#

    private static let shell = RegisteredTool(
        reference: ToolReference(server: "host", name: "shell"), kind: .command, title: "Run a command",
        targets: [
            Target(name: "here", resource: ResourceReference(type: "Host", id: "test"), environment: "test")
        ])

    private var key: String { "\(installation.folder)/agent.jwk" }
    /// What the commands of the tests leave behind.
    var effect: String { "\(installation.folder)/effect" }
    var hasEffect: Bool { FileManager.default.fileExists(atPath: effect) }

    init(policy: Text = people, environment: [String: String] = [:]) async throws {
        installation = try await Installation.copy()
        server = try await ServerProcess(data: installation.data, environment: environment)
        browser = installation.browser.visiting(server.consoleURL)
        try await browser.apply(.registerTool(Self.shell))
        try await browser.apply(.loadPolicy(source: policy))
        try KeyFile.write(installation.key, to: key)
    }

    func run(_ options: [String] = ["--wait", "5m"], _ command: [String], _ environment: [String: String] = [:])
        throws -> Program
    {
        try Program(
            [
                "run", "--server", server.agentsURL.string, "--agent", "orders-agent", "--key", key, "--tool",
                "host/shell",
            ] + options + ["--"] + command, in: installation.folder, environment: environment)
    }

    /// The request that waits for people, once it does.
    func waiting() async throws -> RequestID? {
        try await ServerProcess.eventually { try await browser.waitingRequests().first }
    }

    /// Another process in the place of one that is gone.
    mutating func restart() async throws {
        server = try await ServerProcess(data: installation.data, addresses: server.addresses)
    }

    func remove() { installation.remove() }
}
