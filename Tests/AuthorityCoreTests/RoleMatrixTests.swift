import AuthorityCore
import AuthorityTestKit
import CanonicalEncoding
import DomainModel
import Foundation
import Testing
import WireProtocol

/// Who can do what: every role against every use case, kept as a file so that a change is one that somebody reads.
/// `COUNTERSIGN_UPDATE_GOLDEN=1` writes it anew.
@Suite struct RoleMatrixTests {
    /// Somebody with what they have in hand: a cookie, or an agent's key and token.
    struct Actor: Sendable {
        var role: String
        var cookie: Text?
        var agent: TestAgent?
    }

    @Test func `every role can do what the kept table says, and nothing else`() async throws {
        var lines: [String] = []
        for role in [
            "nobody", "agent", "other-agent", "approver", "approver-elsewhere", "auditor", "administrator", "owner",
        ] {
            for action in Self.actions {
                try await AuthorityFixture.withScenario { scenario in
                    let actor = try await Self.actor(role, in: scenario)
                    let code = try await refusal { try await action.run(actor, scenario) }?.code.rawValue
                    lines.append("\(role)\t\(action.name)\t\(code ?? "allowed")")
                }
            }
        }
        let table = Array((lines.joined(separator: "\n") + "\n").utf8)
        let file = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Golden/roles.txt")
        if ProcessInfo.processInfo.environment["COUNTERSIGN_UPDATE_GOLDEN"] == "1" { try Data(table).write(to: file) }
        #expect(
            try Array(Data(contentsOf: file)) == table,
            "COUNTERSIGN_UPDATE_GOLDEN=1 writes the file anew; read the difference")
    }

    static func actor(_ role: String, in scenario: Scenario) async throws -> Actor {
        switch role {
        case "nobody": return Actor(role: role)
        case "agent": return Actor(role: role, cookie: try await scenario.agent.freshToken(), agent: scenario.agent)
        case "other-agent":
            let agent = try await scenario.addAgent("other")
            return Actor(role: role, cookie: try await agent.freshToken(), agent: agent)
        case "approver": return Actor(role: role, cookie: try await scenario.add("bob").cookie)
        case "approver-elsewhere":
            return Actor(role: role, cookie: try await scenario.add("bob", groups: ["elsewhere"]).cookie)
        case "auditor":
            return Actor(role: role, cookie: try await scenario.add("al", roles: [.auditor], groups: []).cookie)
        case "administrator":
            return Actor(role: role, cookie: try await scenario.add("bea", roles: [.administrator], groups: []).cookie)
        default:
            let link = try #require(try await scenario.approver.change(.enrolPasskey(scenario.owner)).enrolmentLink)
            let owner = try await TestPerson(scenario.owner, link: link, authority: scenario.authority)
            scenario.clock.advance(seconds: 1)
            return Actor(role: role, cookie: owner.cookie)
        }
    }
}

extension RoleMatrixTests {
    struct Action: Sendable {
        var name: String
        var run: @Sendable (Actor, Scenario) async throws -> Void
    }

    /// The agents' plane: whoever has no token of an agent sends the cookie in its place.
    static func caller(_ actor: Actor, _ scenario: Scenario) async throws -> AuthenticatedAgent {
        if let agent = actor.agent { return try await agent.authenticated() }
        let proof = try scenario.agent.call("POST", "/v1/requests", token: actor.cookie)
        return try await AuthenticateCall(scenario.authority).run(proof)
    }

    /// The people's plane: an agent sends its token in place of a cookie.
    static func viewer(_ actor: Actor, _ scenario: Scenario) async throws -> Viewer {
        guard let viewer = try await ReadSession(scenario.authority).run(cookie: actor.cookie) else {
            throw AuthorityError(.loginRequired, "Nobody is signed in.")
        }
        return viewer
    }

    static let actions: [Action] = agentActions + peopleActions + changeActions

    static let agentActions: [Action] = [
        Action(name: "open request") { actor, scenario in
            _ = try await OpenRequest(scenario.authority).run(
                try await caller(actor, scenario), body: ["action": Scenario.deletion], idempotencyKey: nil)
        },
        Action(name: "read request") { actor, scenario in
            let id = try await scenario.pending().id
            _ = try await ReadRequest(scenario.authority).run(try await caller(actor, scenario), id: id.text)
        },
        Action(name: "cancel request") { actor, scenario in
            let id = try await scenario.pending().id
            _ = try await CancelRequest(scenario.authority).run(try await caller(actor, scenario), id: id.text)
        },
        Action(name: "issue action token") { actor, scenario in
            let id = try await scenario.approved().id
            _ = try await IssueActionToken(scenario.authority).run(
                try await caller(actor, scenario), id: id.text, body: ["audience": .string(scenario.agent.id.text)])
        },
        Action(name: "claim execution") { actor, scenario in
            let standing = try await scenario.granted()
            let action = try await scenario.agent.read(standing.id)["action"] ?? .null
            _ = try await ClaimExecution(scenario.authority).run(
                try await caller(actor, scenario), body: ["token": .string(standing.token ?? ""), "action": action],
                idempotencyKey: nil)
        },
        Action(name: "complete execution") { actor, scenario in
            let id = try await scenario.executing().execution?.text ?? ""
            _ = try await CompleteExecution(scenario.authority).run(
                try await caller(actor, scenario), id: id, body: ["outcome": "succeeded"])
        },
        Action(name: "learn of a token by introspection") { actor, scenario in
            let token = try await scenario.granted().token ?? ""
            let answer = try await IntrospectToken(scenario.authority).run(
                try await caller(actor, scenario), form: [("token", token)])
            if answer["active"] != true { throw AuthorityError(.notFound, "inactive") }
        },
    ]

    static let peopleActions: [Action] = [
        Action(name: "see the request's page") { actor, scenario in
            let id = try await scenario.pending().id
            _ = try await ReadRequestPage(scenario.authority).run(try await viewer(actor, scenario), id: id.text)
        },
        Action(name: "find the request in lists") { actor, scenario in
            let id = try await scenario.pending().id
            let viewer = try await viewer(actor, scenario)
            let listed = try await ReadRequests(scenario.authority).run(viewer).map(\.id)
            let inbox = try await ReadInbox(scenario.authority).run(viewer).map(\.request.id)
            #expect(listed.contains(id) == inbox.contains(id))
            if !listed.contains(id) { throw AuthorityError(.notFound, "not listed") }
        },
        Action(name: "see the inventory") { actor, scenario in
            _ = try await ReadInventory(scenario.authority).run(try await viewer(actor, scenario))
        },
        Action(name: "see the policy and ask what if") { actor, scenario in
            let viewer = try await viewer(actor, scenario)
            _ = try await ReadPolicy(scenario.authority).run(viewer)
            let question = WhatIfQuestion(agent: scenario.agent.id.text, tool: "x___y", target: "", arguments: "")
            _ = try await AskWhatIf(scenario.authority).run(viewer, question)
        },
        Action(name: "check a policy set") { actor, scenario in
            _ = try await CheckPolicy(scenario.authority).run(
                try await viewer(actor, scenario), source: Scenario.Rule().policy)
        },
        Action(name: "see the overview") { actor, scenario in
            _ = try await ReadOverview(scenario.authority).run(try await viewer(actor, scenario))
        },
        vote("begin to approve", .approve), vote("begin to deny", .deny),
    ]

    private static func vote(_ name: String, _ decision: Decision) -> Action {
        Action(name: name) { actor, scenario in
            let id = try await scenario.pending().id
            let assessment = try await scenario.fixture.request(id).assessment
            _ = try await BeginVote(scenario.authority).run(
                try await viewer(actor, scenario), id: id.text, decision: decision,
                criteria: assessment.requirement?.criteria ?? [],
                renderingDigest: Text(assessment.renderingDigest.wire))
        }
    }

    static let changeActions: [Action] = [
        propose("propose a person") {
            .addPerson(
                Change.PersonSpec(id: try Scenario.name("eve"), name: "Eve", roles: [.administrator], groups: []))
        },
        propose("propose a membership") {
            .addToGroup(try Scenario.name("finance"), .person(try Scenario.name("ana")))
        },
        propose("propose an agent's end") { .disableAgent(try Scenario.name("orders-agent")) },
        propose("propose a tool") { .registerTool(Scenario.tool) },
        propose("propose a policy") { .loadPolicy(source: Scenario.policy) },
        propose("propose a freeze") { .freeze(.everything, reason: "stop") },
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
