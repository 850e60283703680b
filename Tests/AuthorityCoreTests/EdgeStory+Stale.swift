import AuthorityCore
import AuthorityTestKit
import CanonicalEncoding
import DomainModel
import Foundation
import SecretMaterial
import Testing
import WireProtocol

extension EdgeStory {
    /// Something under the request changes, and whoever takes the next step learns it.
    static let stale: [EdgeStory] =
        beforeClaim.flatMap { status in
            [
                changes(status, .toolChanged, "another definition") {
                    try await register($0) { $0.reference.definition = Digest(sha256: [1]) }
                },
                changes(status, .toolChanged, "another resource") {
                    try await register($0) { $0.targets[0].resource.id = "prod/users" }
                },
                changes(status, .toolChanged, "another environment") {
                    try await register($0) { $0.targets[0].environment = "test" }
                },
                changes(status, .toolChanged, "a disabled tool") { scenario in
                    try await scenario.approver.change(.disableTool(server: "orders-db", name: "execute"))
                },
                changes(status, .toolChanged, "a tool that is said to destroy nothing") {
                    try await register($0) { $0.traits.destructive = false }
                },
                changes(status, .toolChanged, "a tool that only reads") {
                    try await register($0) { $0.traits.readOnly = true }
                },
                changes(status, .toolChanged, "a tool that stays inside") {
                    try await register($0) { $0.traits.openWorld = false }
                },
                changes(status, .toolChanged, "another kind") {
                    try await register($0) { tool in
                        tool = RegisteredTool(
                            reference: ToolReference(server: tool.reference.server, name: tool.reference.name),
                            kind: .command, title: tool.title, traits: tool.traits, targets: tool.targets)
                    }
                },
                changes(status, .toolChanged, "another title") {
                    try await register($0) { $0.title = "Look at orders" }
                },
                changes(status, .toolChanged, "less time than the action takes") {
                    try await register($0) { tool in
                        tool.defaultDeadlineSeconds = 599
                        tool.greatestDeadlineSeconds = 599
                    }
                },
                provider(status, "a provider that reads elsewhere") { $0.location = "\($0.location)/." },
                provider(status, "a provider of another kind") { $0.kind = .sqliteCount },
                task(status, "the request that it came out of is cancelled") { planner, parent, _ in
                    _ = try await planner.cancel(parent)
                },
                task(status, "the agent that handed it on is disabled") { planner, _, scenario in
                    try await scenario.approver.change(.disableAgent(planner.id))
                },
                changes(status, .policyChanged, "a policy that forbids") { scenario in
                    try await scenario.approver.change(
                        .loadPolicy(source: "\(Scenario.policy)\n@id(\"stop\") forbid (principal, action, resource);"))
                },
                changes(status, .policyChanged, "a policy that asks more people") { scenario in
                    try await scenario.approver.change(.loadPolicy(source: Scenario.Rule(quorum: 2).policy))
                },
                changes(status, .policyChanged, "a policy that permits nothing") { scenario in
                    try await scenario.approver.change(
                        .loadPolicy(source: "@id(\"stop\") forbid (principal, action, resource);"))
                },
            ]
        }
        + [RequestStatus.approved, .granted].flatMap { status in
            [
                precondition(status, "another file", provider: .fileDigest),
                precondition(status, "another number of rows", provider: .sqliteCount),
            ]
        }

    /// A voter loses what made the vote count.
    static let staleVotes: [EdgeStory] = [RequestStatus.approved, .granted].flatMap { status in
        [
            voter(status, "a disabled approver") { .disablePerson($0.id) },
            voter(status, "an approver who left the group") { bob in
                .removeFromGroup(try Scenario.name("operators"), .person(bob.id))
            },
            voter(status, "a disabled passkey") { bob in .disablePasskey(credentialID: bob.credentialIDs[0]) },
        ]
    }

    /// The key that asked is retired: nobody can prove possession of it any more.
    static let retiredKeys: [EdgeStory] =
        beforeClaim.map { status in
            EdgeStory(EdgeName(status, .stale, .agentDisabled), "the agent's key is rotated") { scenario in
                let standing = try await scenario.reach(status)
                try await scenario.approver.change(
                    .rotateAgentKey(scenario.agent.id, jwk: SigningKey(generating: .es256).publicKey.json))
                return standing
            }
        } + [whileAnotherExecutes]

    /// The same while another executor holds its proof.
    private static let whileAnotherExecutes = EdgeStory(
        EdgeName(.granted, .stale, .agentDisabled), "its key is rotated, and another one claims"
    ) {
        scenario in
        let executor = try await scenario.addAgent("executor")
        var standing = try await scenario.approved()
        let token = try await scenario.agent.token(for: standing.id, audience: executor.id)
        let action = try await scenario.agent.read(standing.id)["action"] ?? .null
        let proof = try scenario.agent.proof(for: token)
        try await scenario.approver.change(
            .rotateAgentKey(scenario.agent.id, jwk: SigningKey(generating: .es256).publicKey.json))
        try await expectRefused(.stale) { try await executor.claim(token: token, action: action, proof: proof) }
        standing.token = token
        return standing
    }

    /// The record is restored: whatever waited is void.
    static let restores: [EdgeStory] =
        beforeClaim.map { status in
            EdgeStory(EdgeName(status, .stale, .epochChanged), "the record is restored") { scenario in
                let standing = try await scenario.reach(status)
                let restored = try await scenario.restored()
                #expect(try await restored.nextStep(standing) != nil)
                try await Sweeper(restored.authority).run()
                try await restored.fixture.closeStore()
                return standing
            }
        } + [
            EdgeStory(EdgeName(.executing, .unknown, .epochChanged), "the record is restored") { scenario in
                let standing = try await scenario.executing()
                let restored = try await scenario.restored()
                #expect(try await Sweeper(restored.authority).run() == 1)
                try await restored.fixture.closeStore()
                return standing
            }
        ]

    private static func changes(
        _ status: RequestStatus, _ reason: EndReason, _ deed: String,
        _ change: @escaping @Sendable (Scenario) async throws -> Void
    ) -> EdgeStory {
        EdgeStory(EdgeName(status, .stale, reason), deed) { scenario in
            let standing = try await scenario.reach(status)
            try await change(scenario)
            #expect(try await scenario.nextStep(standing)?.code == .stale)
            return standing
        }
    }

    /// The fact itself stays as it is.
    private static func provider(
        _ status: RequestStatus, _ deed: String, _ change: @escaping @Sendable (inout FactProvider) -> Void
    ) -> EdgeStory {
        EdgeStory(EdgeName(status, .stale, .factChanged), deed) { scenario in
            let fact = try await Fact(.fileDigest, in: scenario)
            let standing = try await scenario.reach(status, try fact.action())
            var provider = fact.provider
            change(&provider)
            try await scenario.approver.change(.registerProvider(provider))
            #expect(try await scenario.nextStep(standing)?.code == .stale)
            return standing
        }
    }

    private static func task(
        _ status: RequestStatus, _ deed: String,
        _ end: @escaping @Sendable (TestAgent, RequestID, Scenario) async throws -> Void
    ) -> EdgeStory {
        EdgeStory(EdgeName(status, .stale, .taskChanged), deed) { scenario in
            let planner = try await scenario.addAgent("planner")
            let parent = try await planner.open(Scenario.reading).id
            let task: JSONObject = ["task": ["id": "t", "parent": .string(parent.text)]]
            let standing = try await scenario.reach(status, more: task)
            try await end(planner, parent, scenario)
            #expect(try await scenario.nextStep(standing)?.code == .stale)
            return standing
        }
    }

    private static func voter(
        _ status: RequestStatus, _ deed: String, _ change: @escaping @Sendable (TestPerson) throws -> Change
    ) -> EdgeStory {
        EdgeStory(EdgeName(status, .stale, .approverChanged), deed) { scenario in
            let bob = try await scenario.add("bob")
            var standing = try await scenario.pending()
            try await bob.decide(.approve, on: standing.id)
            if status == .granted { standing.token = try await scenario.agent.token(for: standing.id) }
            try await scenario.approver.change(try change(bob))
            #expect(try await scenario.nextStep(standing)?.code == .stale)
            return standing
        }
    }

    private static func precondition(
        _ status: RequestStatus, _ deed: String, provider kind: FactProvider.Kind
    ) -> EdgeStory {
        EdgeStory(EdgeName(status, .stale, .preconditionChanged), deed) { scenario in
            let fact = try await Fact(kind, in: scenario)
            let standing = try await scenario.reach(status, try fact.action())
            try fact.change()
            #expect(try await scenario.nextStep(standing)?.code == .stale)
            return standing
        }
    }

    static func register(
        _ scenario: Scenario, _ change: (inout RegisteredTool) -> Void
    ) async throws {
        var tool = Scenario.tool
        change(&tool)
        try await scenario.approver.change(.registerTool(tool))
    }
}

/// A real fact beside the store, and how to change it.
struct Fact {
    let kind: FactProvider.Kind
    let scenario: Scenario
    let database: TestDatabase?
    let provider: FactProvider

    init(_ kind: FactProvider.Kind, in scenario: Scenario) async throws {
        self.kind = kind
        self.scenario = scenario
        let folder = try scenario.fixture.writeFile("orders.sql", "DELETE FROM orders WHERE id = 7")
        let path = "\(folder)/orders.sqlite"
        database = kind == .sqliteCount ? try TestDatabase(path: path, rows: 12) : nil
        provider = FactProvider(name: "fact", kind: kind, location: kind == .sqliteCount ? Text(path) : folder)
        try await scenario.approver.change(.registerProvider(provider))
    }

    var of: Text { kind == .fileDigest ? "orders.sql" : "orders where status = 'void'" }
    var value: Text {
        kind == .fileDigest ? "\(Digest(sha256: Array("DELETE FROM orders WHERE id = 7".utf8)).wire)" : "12"
    }

    func action(value other: Text? = nil) throws -> JSONValue {
        var action = Scenario.deletion.objectValue ?? [:]
        action["preconditions"] = [
            ["provider": "fact", "of": .string(of), "value": .string(other ?? value)]
        ]
        return .object(action)
    }

    /// The file is gone, and nobody can say what it holds.
    func remove() throws {
        try FileManager.default.removeItem(atPath: "\(provider.location)/\(of)")
    }

    func change() throws {
        try database?.addRow()
        try scenario.fixture.writeFile("orders.sql", "DELETE FROM orders")
    }
}
