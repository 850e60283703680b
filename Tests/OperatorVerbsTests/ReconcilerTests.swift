import AuthorityCore
import AuthorityPorts
import AuthorityTestKit
import CanonicalEncoding
import DomainModel
import GRDB
import OperatorVerbs
import SQLiteStore
import Testing

/// A reconciler that finds nothing proves nothing, so that each invariant is broken here in the database itself.
@Suite struct ReconcilerTests {
    /// A deletion that was approved and ran, an update that is to be reviewed, and something that was refused.
    private static func play(_ scenario: Scenario) async throws {
        let agent = scenario.agent
        let deletion = try await agent.open(Scenario.deletion, idempotencyKey: "deletion").id
        try await scenario.approver.decide(.approve, on: deletion)
        try await agent.complete(try await agent.claim(deletion, token: try await agent.token(for: deletion)))
        let update = try await agent.open(Scenario.update).id
        try await agent.complete(try await agent.claim(update, token: try await agent.token(for: update)))
        let drop: JSONValue = [
            "tool": ["server": "orders-db", "name": "execute"], "arguments": ["operation": "drop"],
        ]
        _ = try await agent.open(drop)
    }

    private static func broken(_ scenario: Scenario) throws -> [Finding] {
        try Reconciler(
            directory: scenario.fixture.directory + "/data", origin: "http://localhost:7421", now: scenario.clock.now
        ).run().findings.filter { $0.severity == .broken }
    }

    /// Writes past every guard of the store, as somebody with the file could.
    private static func tamper(_ scenario: Scenario, _ sql: String) throws {
        var configuration = Configuration()
        configuration.foreignKeysEnabled = false
        let queue = try DatabaseQueue(
            path: scenario.fixture.directory + "/data/countersign.sqlite", configuration: configuration)
        try queue.write { database in
            let triggers = try String.fetchAll(database, sql: "SELECT name FROM sqlite_master WHERE type = 'trigger'")
            for trigger in triggers { try database.execute(sql: "DROP TRIGGER \(trigger)") }
            try database.execute(sql: sql)
            #expect(database.changesCount > 0, "nothing was changed")
        }
        try queue.close()
    }

    @Test func `a record that came about by the rules is sound`() async throws {
        try await AuthorityFixture.withScenario { scenario in
            try await Self.play(scenario)
            #expect(try Self.broken(scenario) == [])
        }
    }

    @Test func `somebody who voted again after their vote lapsed is sound`() async throws {
        try await AuthorityFixture.withScenario { scenario in
            let bob = try await scenario.add("bob")
            try await scenario.load(Scenario.Rule(quorum: 2, ttl: "15m", expires: "2h"))
            let (agent, id) = (scenario.agent, try await scenario.approved().id)
            scenario.clock.advance(seconds: 900)
            try await bob.decide(.approve, on: id)
            try await scenario.approver.decide(.approve, on: id)
            try await agent.complete(try await agent.claim(id, token: try await agent.token(for: id)))
            #expect(try Self.broken(scenario) == [])
            try Self.tamper(scenario, "UPDATE votes SET cast_at = cast_at - 1 WHERE person = 'ana' AND position = 3")
            #expect(try Self.broken(scenario).map(\.detail).contains("count at the same time"))
        }
    }

    @Test func `an approval of whoever handed the task on is found out`() async throws {
        try await AuthorityFixture.withScenario { scenario in
            let planner = try await scenario.addAgent("planner")
            let parent = try await planner.open(Scenario.reading).id
            let task: JSONObject = ["task": ["id": "t", "parent": .string(parent.text)]]
            try await scenario.approver.decide(.approve, on: try await scenario.pending(more: task).id)
            #expect(try Self.broken(scenario) == [])
            try Self.tamper(scenario, "UPDATE agents SET owner = 'ana' WHERE id = 'planner'")
            #expect(try Self.broken(scenario).map(\.detail) == ["is of whoever handed the task on"])
        }
    }

    @Test(arguments: [false, true])
    func `an administrator who was taken away by one of two is found out`(isPasskey: Bool) async throws {
        try await AuthorityFixture.withScenario { scenario in
            let spec = Change.PersonSpec(id: try Scenario.name("bea"), name: "Bea", roles: [.administrator], groups: [])
            let link = try #require(try await scenario.approver.change(.addPerson(spec)).enrolmentLink)
            let bea = try await TestPerson(spec.id, link: link, authority: scenario.authority)
            scenario.clock.advance(seconds: 1)
            let change =
                isPasskey ? Change.disablePasskey(credentialID: bea.credentialIDs[0]) : .disablePerson(bea.id)
            let proposal = try await scenario.approver.change(change).change
            #expect(try await bea.confirm(proposal).change.status == .applied)
            #expect(try Self.broken(scenario) == [])
            let whoStays = "json_array(json_extract(confirmations, '$[0]'))"
            try Self.tamper(scenario, "UPDATE changes SET confirmations = \(whoStays), confirmation_count = 1")
            #expect(try Self.broken(scenario).map(\.detail).contains { $0.hasSuffix("there were two administrators") })
        }
    }

    @Test(arguments: ["everything", "agent:orders-agent", "tool:orders-db___execute", "agent:other", "tool:other___x"])
    func `a step that the log shows under a freeze is found out`(scope: String) async throws {
        try await AuthorityFixture.withScenario { scenario in
            let scope = try #require(Freeze.Scope(key: Text(scope)))
            try await scenario.approver.change(.freeze(scope, reason: "stop"))
            try await scenario.approver.change(.thaw(scope))
            try await Self.play(scenario)
            #expect(try Self.broken(scenario) == [])
            // Without the thaw, everything that followed ran under the freeze.
            try Self.tamper(
                scenario,
                "UPDATE log SET bytes = CAST(replace(CAST(bytes AS TEXT), 'switch.thawed', 'switch.ignored') AS BLOB)")
            let found = try Self.broken(scenario).filter { $0.invariant == "S5" }.map(\.detail)
            let steps = ["was given a token", "was claimed", "went on"].map { "\($0) while it was frozen" }
            let isInScope = !scope.key.string.contains("other")
            for step in steps { #expect(found.contains(step) == isInScope, "\(step): \(found)") }
            #expect(found.contains("is in the log, and nothing is frozen"))
        }
    }

    @Test func `a switch that somebody turned past the log is found out`() async throws {
        for sql in ["DELETE FROM freezes", "UPDATE freezes SET scope = CAST('agent:other' AS BLOB)"] {
            try await AuthorityFixture.withScenario { scenario in
                try await scenario.approver.change(.freeze(.everything, reason: "stop"))
                #expect(try Self.broken(scenario) == [])
                try Self.tamper(scenario, sql)
                #expect(try Self.broken(scenario).map(\.invariant).contains("S5"))
            }
        }
    }

    @Test func `what policy froze after a violation is sound`() async throws {
        let policy = Scenario.policy.string.replacing(
            "@id(\"update\")", with: "@id(\"update\") @on_violation(\"freeze-tool\")")
        try await AuthorityFixture.withScenario(policy: Text(policy)) { scenario in
            var action = Scenario.update.objectValue ?? [:]
            action["expect"] = ["rows": ["at_most": "1"]]
            let (agent, id) = (scenario.agent, try await scenario.agent.open(.object(action)).id)
            let execution = try await agent.claim(id, token: try await agent.token(for: id))
            try await agent.complete(execution, observed: ["rows": 2])
            #expect(try await scenario.fixture.read { try $0.freezes().count } == 1)
            #expect(try Self.broken(scenario) == [])
        }
    }

    @Test func `a key of two agents is found out`() async throws {
        try await AuthorityFixture.withScenario { scenario in
            _ = try await scenario.addAgent("other")
            try Self.tamper(
                scenario,
                "UPDATE agents SET keys = (SELECT keys FROM agents WHERE id = 'orders-agent') WHERE id = 'other'")
            #expect(try Self.broken(scenario).map(\.invariant).contains("S8"))
        }
    }

    /// With a server that publishes one tool, as discovery would have written it.
    private static func offer(_ scenario: Scenario) async throws {
        let server = UpstreamServer(name: "shop", transport: .http(.init(url: "https://shop.example/mcp")))
        try await scenario.approver.change(.registerUpstream(server))
        let digest = Digest(sha256: "definition".utf8)
        let tool = RegisteredTool(
            reference: ToolReference(server: "shop", name: "count", definition: digest), kind: .mcp, title: "Count",
            targets: [server.target])
        let now = scenario.clock.now
        try await scenario.fixture.store.write("test") { transaction in
            try transaction.record(
                DiscoveredTool(server: "shop", name: "count", state: .offered, digest: digest, seenAt: now))
            try transaction.save(tool)
        }
    }

    @Test(arguments: [
        "", "DELETE FROM upstreams", "UPDATE discovered_tools SET digest = zeroblob(32)",
        "UPDATE discovered_tools SET state = 'gone'", "DELETE FROM discovered_tools",
    ])
    func `a tool that can be called and was seen otherwise is found out`(sql: String) async throws {
        try await AuthorityFixture.withScenario { scenario in
            try await Self.offer(scenario)
            if !sql.isEmpty { try Self.tamper(scenario, sql) }
            let found = try Self.broken(scenario).map(\.invariant)
            #expect(found == (sql.isEmpty ? [] : ["S4"]))
        }
    }

    private static let tampering: [(String, String)] = [
        ("S10", "UPDATE log SET leaf_hash = zeroblob(32) WHERE position = 3"),
        (
            "S10",
            "UPDATE log SET bytes = CAST(replace(CAST(bytes AS TEXT), 'operators', 'operator5') AS BLOB) WHERE position < 9"
        ),
        ("S9", "DELETE FROM log WHERE position = (SELECT max(position) FROM log)"),
        ("S10", "DELETE FROM log WHERE position = 2"),
        ("S1", "UPDATE executions SET digest = zeroblob(32)"),
        ("S1", "DELETE FROM votes"),
        ("S7", "UPDATE votes SET person = 'owner'"),
        ("S1", "UPDATE votes SET evidence = replace(evidence, '\"decision\":\"approve\"', '\"decision\":\"deny\"')"),
        ("S1", "UPDATE votes SET expires_at = cast_at"),
        ("S7", "UPDATE passkeys SET created_at = created_at + 86400000"),
        ("S1", "UPDATE passkeys SET public_key = zeroblob(77)"),
        ("S5", "UPDATE executions SET claimed_at = claimed_at + 60000; UPDATE votes SET decision = 'deny'"),
        ("S2", "DELETE FROM executions"),
        ("S3", "UPDATE executions SET claimed_at = claimed_at + 3600000"),
        ("S3", "UPDATE executions SET deadline = deadline + 1000"),
        ("S8", "UPDATE executions SET executor = 'somebody-else'"),
        ("S9", "UPDATE requests SET status = 'cancelled' WHERE status = 'denied'"),
        ("S13", "UPDATE executions SET status = 'failed'"),
        ("S13", "DELETE FROM reviews"),
        ("S14", "UPDATE requests SET epoch = 7"),
        ("S15", "UPDATE idempotency SET caller = 'somebody-else'"),
        ("S18", "UPDATE requests SET digest = zeroblob(32)"),
        ("S18", "UPDATE request_bodies SET action = replace(action, '\"id\":7', '\"id\":8')"),
        ("S6", "UPDATE request_bodies SET rendering = replace(rendering, 'Work on orders', 'Tidy orders')"),
        ("S4", "DELETE FROM policies"),
        (
            "S16",
            "UPDATE log SET bytes = CAST(replace(CAST(bytes AS TEXT), '\"status\":\"granted\"', '\"status\":\"stale\"') AS BLOB)"
        ),
        (
            "S16",
            "UPDATE log SET bytes = CAST(replace(CAST(bytes AS TEXT), '\"status\":\"pending\"', '\"status\":\"granted\"') AS BLOB)"
        ),
        ("S17", "UPDATE requests SET superseded_by = execution WHERE execution IS NOT NULL"),
        ("S17", "UPDATE requests SET grant_id = replace(grant_id, 'grt_', 'lse_')"),
        ("S17", "UPDATE requests SET execution = id WHERE execution IS NOT NULL"),
        ("S17", "UPDATE reviews SET id = replace(id, 'rev_', 'chg_')"),
        ("S17", "UPDATE idempotency SET object = replace(object, 'req_', 'exe_')"),
        ("S13", "UPDATE executions SET aftermath = '{\"on_violation\":[],\"review\":true}'"),
        ("S2", "UPDATE executions SET aftermath = '{}'"),
    ]

    @Test(arguments: tampering)
    func `whoever writes past the guards is found out`(invariant: String, sql: String) async throws {
        try await AuthorityFixture.withScenario { scenario in
            try await Self.play(scenario)
            try Self.tamper(scenario, sql)
            let found = try Self.broken(scenario).map(\.invariant)
            #expect(found.contains(invariant), "found \(found)")
        }
    }
}
