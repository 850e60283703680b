import AuthorityCore
import AuthorityTestKit
import CanonicalEncoding
import DomainModel
import Foundation
import SecretMaterial
import Testing
import WireProtocol

/// Who can do what: every role against every use case, kept as a file so that a change is one that somebody reads.
/// `COUNTERSIGN_UPDATE_GOLDEN=1` writes it anew.
@Suite struct RoleMatrixTests {
    /// Somebody with what they have in hand: a cookie and a passkey, or an agent's key and token.
    struct Actor: Sendable {
        var role: String
        var cookie: Text?
        var agent: TestAgent?
        var person: TestPerson?
        /// Whose requests the actor meets; nil: those of the scenario's agent.
        var subject: TestAgent?
        /// The task that those requests name.
        var task: JSONValue?

        init(role: String, agent: TestAgent) async throws {
            self.role = role
            self.agent = agent
            cookie = try await agent.freshToken()
        }

        init(role: String, person: TestPerson? = nil) {
            self.role = role
            self.person = person
            cookie = person?.cookie
        }
    }

    static let roles = [
        "nobody", "agent", "other-agent", "approver", "approver-elsewhere", "auditor", "administrator", "owner",
        "key-creator", "delegator", "disabled",
    ]

    @Test func `every role can do what the kept table says, and nothing else`() async throws {
        var lines: [String] = []
        for role in Self.roles {
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
        case "agent": return try await Actor(role: role, agent: scenario.agent)
        case "other-agent": return try await Actor(role: role, agent: scenario.addAgent("other"))
        case "approver": return Actor(role: role, person: try await scenario.add("bob"))
        case "approver-elsewhere":
            return Actor(role: role, person: try await scenario.add("bob", groups: ["elsewhere"]))
        case "auditor":
            return Actor(role: role, person: try await scenario.add("al", roles: [.auditor], groups: []))
        case "administrator":
            return Actor(role: role, person: try await scenario.add("bea", roles: [.administrator], groups: []))
        case "key-creator":
            // Administrator and approver, and whoever confirmed the key of the agent that asks.
            var actor = Actor(role: role, person: scenario.approver)
            actor.subject = try await scenario.addAgent("second")
            return actor
        case "delegator":
            // The owner of the agent that handed the task on.
            var actor = Actor(role: role, person: try await scenario.add("bob"))
            let first = try await scenario.addAgent("first", owner: try Scenario.name("bob"))
            actor.task = ["id": "task", "parent": .string(try await first.open(Scenario.deletion).id.text)]
            return actor
        case "disabled":
            let person = try await scenario.add("bob")
            try await scenario.approver.change(.disablePerson(person.id))
            return Actor(role: role, person: person)
        default:
            let link = try #require(try await scenario.approver.change(.enrolPasskey(scenario.owner)).enrolmentLink)
            let owner = try await TestPerson(scenario.owner, link: link, authority: scenario.authority)
            scenario.clock.advance(seconds: 1)
            return Actor(role: role, person: owner)
        }
    }
}

extension RoleMatrixTests {
    struct Action: Sendable {
        var name: String
        var run: @Sendable (Actor, Scenario) async throws -> Void
    }

    /// A request that waits for people, of the agent that the actor has to do with.
    static func pending(_ actor: Actor, _ scenario: Scenario) async throws -> RequestID {
        var more: JSONObject = [:]
        more["task"] = actor.task
        return try await (actor.subject ?? scenario.agent).open(Scenario.deletion, more: more).id
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

    static let actions: [Action] = agentActions + entranceActions + peopleActions + changeActions + finishingActions

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
        Action(name: "give an action token up") { actor, scenario in
            let standing = try await scenario.granted()
            try await RevokeToken(scenario.authority).run(
                try await caller(actor, scenario), form: [("token", standing.token ?? "")])
            // Foreign tokens are answered alike (RFC 7009, 2.2): what counts is what it did.
            if try await scenario.fixture.request(standing.id).progress.status == .granted {
                throw AuthorityError(.notFound, "still granted")
            }
        },
    ]

    static let peopleActions: [Action] = [
        Action(name: "see the request's page") { actor, scenario in
            let id = try await pending(actor, scenario)
            _ = try await ReadRequestPage(scenario.authority).run(try await viewer(actor, scenario), id: id.text)
        },
        Action(name: "find the request in lists") { actor, scenario in
            let id = try await pending(actor, scenario)
            let viewer = try await viewer(actor, scenario)
            let listed = try await ReadRequests(scenario.authority).run(viewer).map(\.id)
            let inbox = try await ReadInbox(scenario.authority).run(viewer).map(\.request.id)
            #expect(listed.contains(id) == inbox.contains(id))
            if !listed.contains(id) { throw AuthorityError(.notFound, "not listed") }
        },
        Action(name: "see the inventory") { actor, scenario in
            _ = try await ReadInventory(scenario.authority).run(try await viewer(actor, scenario))
        },
        Action(name: "see the changes") { actor, scenario in
            let open = try await ProposeChange(scenario.authority).run(
                by: .operatorOfHost, change: .freeze(.everything, reason: "stop"))
            let seen = try await ReadInventory(scenario.authority).run(try await viewer(actor, scenario))
            #expect(seen.changes.map(\.id).contains(open.id))
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
            let id = try await pending(actor, scenario)
            let assessment = try await scenario.fixture.request(id).assessment
            _ = try await BeginVote(scenario.authority).run(
                try await viewer(actor, scenario), id: id.text, decision: decision,
                criteria: assessment.requirement?.criteria ?? [],
                renderingDigest: Text(assessment.renderingDigest.wire))
        }
    }
}
