import AuthorityPorts
import AuthorityTestKit
import CanonicalEncoding
import DomainModel
import OperatorVerbs
import Testing

@testable import AuthorityCore

/// What stands between two looks at the registry, and what the doctor finds where somebody edits what the gateway keeps.
@Suite(.timeLimit(.minutes(2))) struct GatewayRecordTests {
    @Test func `a tool that became another one after its schema was looked at is looked at again`() async throws {
        try await GatewayStory.tell { story in
            let caller = try await story.scenario.agent.authenticated("POST", "/mcp")
            let target = try CallTarget(
                GatewayCall(
                    scope: .everything, operation: .callTool(name: "orders___count", arguments: ["status": "void"])))
            let known = try await story.gateway.memory.tool(server: "orders", name: "count", story.authority)
            let gate = CallGate(
                authority: story.authority, caller: caller, target: target, tool: try #require(known),
                patience: CallPatience(), isReachable: true)
            try await story.registerTools([OrdersProgram.tool("count", ["status": ["type": "integer"]])])
            let outcome = try await story.authority.write("test") { try gate.pass($0) }
            guard case .toolChanged = outcome else {
                Issue.record("\(outcome)")
                return
            }
            #expect(try await story.requests().isEmpty)
        }
    }

    /// An edit, the invariant that it breaks, and what the doctor says of it.
    struct Edit: CustomTestStringConvertible {
        var sql: String
        var invariant: String
        var detail: String
        var testDescription: String { sql }
    }

    @Test(arguments: [
        Edit(
            sql: #"UPDATE held_calls SET answer = '{"result":{"content":[]}}'"#, invariant: "S13",
            detail: "has a kept answer that is not the one that its execution observed"),
        Edit(
            sql: "UPDATE held_calls SET agent = 'other-agent'", invariant: "S8",
            detail: "is held as a call of somebody else, or for something else"),
        Edit(
            sql: "UPDATE held_calls SET key_thumbprint = x'6f74686572'", invariant: "S8",
            detail: "is held as a call of somebody else, or for something else"),
        Edit(
            sql: "UPDATE held_calls SET proof = 'bearer'", invariant: "S8",
            detail: "is held as a call of somebody else, or for something else"),
        Edit(
            sql: "UPDATE held_calls SET digest = zeroblob(32)", invariant: "S8",
            detail: "is held as a call of somebody else, or for something else"),
        Edit(
            sql: "UPDATE executions SET executor = 'orders-agent'", invariant: "S8",
            detail: "was observed by countersign, and orders-agent executed it"),
        Edit(
            sql: "UPDATE discovered_tools SET digest = zeroblob(32) WHERE name = CAST('delete' AS BLOB)",
            invariant: "S4",
            detail: "can be called, and was seen otherwise last"),
        Edit(
            sql: "DELETE FROM discovered_tools WHERE name = CAST('delete' AS BLOB)", invariant: "S4",
            detail: "can be called, and its server never offered it"),
        Edit(sql: "DELETE FROM upstreams", invariant: "S4", detail: "can be called, and its server is not registered"),
    ])
    func `whoever edits what the gateway keeps is found out`(edit: Edit) async throws {
        try await GatewayStory.tell { story in
            let waiting = try await story.waiting(patience: CallPatience(hold: .zero, isTask: true))
            try await story.scenario.approver.decide(.approve, on: waiting.request)
            try await story.eventually(.completed, waiting.request)
            #expect(try Self.broken(story).isEmpty)
            try TestDatabase.damage(story.scenario.fixture, edit.sql)
            let found = try Self.broken(story)
            #expect(found.contains { $0.invariant == edit.invariant && $0.detail == edit.detail }, "\(found)")
        }
    }

    private static func broken(_ story: GatewayStory) throws -> [Finding] {
        try Reconciler(
            directory: story.scenario.fixture.directory + "/data",
            origin: story.scenario.fixture.settings.consoleOrigin, now: story.clock.now
        ).run().findings.filter { $0.severity == .broken }
    }
}
