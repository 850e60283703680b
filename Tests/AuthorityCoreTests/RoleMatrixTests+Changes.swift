import AuthorityCore
import AuthorityTestKit
import CanonicalEncoding
import DomainModel
import SecretMaterial

extension RoleMatrixTests {
    static let changeActions: [Action] = [
        propose("propose a person") {
            .addPerson(
                Change.PersonSpec(id: try Scenario.name("eve"), name: "Eve", roles: [.administrator], groups: []))
        },
        propose("propose a membership") {
            .addToGroup(try Scenario.name("finance"), .person(try Scenario.name("ana")))
        },
        propose("propose the end of a membership") {
            .removeFromGroup(try Scenario.name("operators"), .person(try Scenario.name("owner")))
        },
        propose("propose a person's end") { .disablePerson(try Scenario.name("owner")) },
        propose("propose a passkey for somebody") { .enrolPasskey(try Scenario.name("owner")) },
        Action(name: "propose a passkey's end") { actor, scenario in
            let change = Change.disablePasskey(credentialID: scenario.approver.credentialIDs[0])
            _ = try await ProposeChange(scenario.authority).run(
                by: .viewer(try await viewer(actor, scenario)), change: change)
        },
        propose("propose an agent") {
            .addAgent(
                Change.AgentSpec(
                    id: try Scenario.name("new-agent"), owner: try Scenario.name("owner"), purpose: "more",
                    environment: nil, groups: [], jwk: SigningKey(generating: .es256).publicKey.json,
                    endsAt: Timestamp(milliseconds: 1_800_000_000_000)))
        },
        propose("propose another key for an agent") {
            .rotateAgentKey(
                try Scenario.name("orders-agent"), jwk: SigningKey(generating: .es256).publicKey.json)
        },
        propose("propose an agent's end") { .disableAgent(try Scenario.name("orders-agent")) },
        propose("propose bearer tokens for an agent") { .allowBearer(try Scenario.name("orders-agent")) },
        Action(name: "propose the end of an agent's bearer tokens") { actor, scenario in
            let viewer = try await viewer(actor, scenario)
            let proposal = try await scenario.approver.change(.allowBearer(scenario.agent.id)).change
            // Beside a second administrator the first alone does not allow it.
            if proposal.status == .proposed { _ = try await actor.person?.confirm(proposal) }
            _ = try await ProposeChange(scenario.authority).run(
                by: .viewer(viewer), change: .refuseBearer(scenario.agent.id))
        },
        propose("propose a tool") { .registerTool(Scenario.tool) },
        propose("propose a tool's end") { .disableTool(server: "orders-db", name: "execute") },
        propose("propose a provider of facts") {
            .registerProvider(FactProvider(name: "files", kind: .fileDigest, location: "/srv/files"))
        },
        propose("propose a tool server") {
            .registerUpstream(
                UpstreamServer(name: "orders", transport: .http(.init(url: "https://orders.example/mcp"))))
        },
        Action(name: "propose a tool server's end") { actor, scenario in
            let viewer = try await viewer(actor, scenario)
            let server = UpstreamServer(name: "orders", transport: .http(.init(url: "https://orders.example/mcp")))
            try await scenario.approver.change(.registerUpstream(server))
            _ = try await ProposeChange(scenario.authority).run(by: .viewer(viewer), change: .removeUpstream("orders"))
        },
        propose("propose a policy") { .loadPolicy(source: Scenario.policy) },
        propose("propose a freeze") { .freeze(.everything, reason: "stop") },
        Action(name: "propose a thaw") { actor, scenario in
            let viewer = try await viewer(actor, scenario)
            try await scenario.approver.change(.freeze(.everything, reason: "stop"))
            _ = try await ProposeChange(scenario.authority).run(by: .viewer(viewer), change: .thaw(.everything))
        },
        Action(name: "begin to confirm a change") { actor, scenario in
            let change = try await ProposeChange(scenario.authority).run(
                by: .operatorOfHost, change: .freeze(.everything, reason: "stop"))
            _ = try await BeginConfirmation(scenario.authority).run(
                try await viewer(actor, scenario), change: change.id.text, decision: .approve)
        },
    ]

    private static func propose(_ name: String, _ change: @escaping @Sendable () throws -> Change) -> Action {
        Action(name: name) { actor, scenario in
            _ = try await ProposeChange(scenario.authority).run(
                by: .viewer(try await viewer(actor, scenario)), change: try change())
        }
    }
}
