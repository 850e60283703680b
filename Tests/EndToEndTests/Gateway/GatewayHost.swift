import APIClient
import AuthorityTestKit
import CanonicalEncoding
import DomainModel
import Foundation
import SecretMaterial

/// An installation whose tools are those of a witness.
struct GatewayHost: Sendable {
    let installation: Installation
    let witness: Witness
    private(set) var server: ServerProcess
    var browser: TestBrowser

    struct NotReady: Error { var what: String }

    /// Everything runs at once but `gated`, which people decide about.
    static let policy: Text = """
        @id("calls") permit (principal, action in Countersign::Action::"CallTool", resource);
        @id("people") @tier("approval") @approvers("operators") @quorum("1") @ttl("15m") @expires("1h") @assurance("1")
        @reason("An operator decides")
        forbid (principal, action == Countersign::Action::"witness___gated", resource)
        unless { context has approval && context.approval.hasTag("operators")
            && context.approval.getTag("operators") >= 1 && context.approval.assurance >= 1 };
        """

    init(policy: Text = Self.policy, callSeconds: Int64 = 60) async throws {
        installation = try await Installation.copy()
        witness = try Witness(in: installation.folder)
        server = try await ServerProcess(
            data: installation.data,
            environment: [
                "COUNTERSIGN_AGENTS_LIMIT_CALLER": "10000/10000", "COUNTERSIGN_AGENTS_LIMIT_ENTRANCE": "1000/1000",
            ])
        browser = installation.browser.visiting(server.consoleURL)
        try await browser.apply(.registerUpstream(witness.server(callSeconds: callSeconds)))
        let data = installation.data
        let isThere = try await ServerProcess.eventually {
            let tools = try await OperatorClient(dataDirectory: data).inventory()["tools"]?.arrayValue ?? []
            return tools.contains { $0["tool"]?["tool"]?["name"] == "gated" } ? true : nil
        }
        guard isThere == true else { throw NotReady(what: "the tools: \(server.writtenLog)") }
        try await browser.apply(.loadPolicy(source: policy))
    }

    /// A host for one test, which leaves a sound record behind.
    static func run(
        policy: Text = Self.policy, callSeconds: Int64 = 60,
        _ body: (inout GatewayHost) async throws -> Void
    ) async throws {
        var host = try await GatewayHost(policy: policy, callSeconds: callSeconds)
        defer { host.installation.remove() }
        do { try await body(&host) } catch {
            host.server.end()
            throw error
        }
        guard try await host.server.stop() else { throw NotReady(what: "an end: \(host.server.writtenLog)") }
        let report = try await host.installation.doctor()
        guard report.sound else { throw NotReady(what: "a sound record: \(report.output)") }
    }

    var agent: AgentID { get throws { try Scenario.name("orders-agent") } }

    func client(scheme: GatewayClient.Scheme = .proof) throws -> GatewayClient {
        GatewayClient(server: server.agentsURL, agent: try agent, key: installation.key, scheme: scheme)
    }

    /// Another agent, with a key of its own.
    mutating func stranger() async throws -> GatewayClient {
        let id: AgentID = try Scenario.name("stranger")
        let key = SigningKey(generating: .es256)
        try await browser.apply(
            .addAgent(
                .init(
                    id: id, owner: try Scenario.name("owner"), purpose: "looks around", environment: nil, groups: [],
                    jwk: key.publicKey.json, endsAt: Installation.now().adding(seconds: 3_600))))
        return GatewayClient(server: server.agentsURL, agent: id, key: key)
    }

    /// All that was opened, the newest first.
    func requests() async throws -> [JSONValue] {
        try await browser.waitingRequests().map { .string($0.text) }
    }
}
