import AuthorityCore
import AuthorityPorts
import AuthorityTestKit
import CanonicalEncoding
import DomainModel
import Testing
import WireProtocol

/// What policy wants done after an execution, as it said when it was claimed.
@Suite struct AftermathTests {
    /// `Scenario.policy`, in which this rule has one more annotation.
    private static func policy(_ rule: Text, _ annotation: String) -> Text {
        Text(Scenario.policy.string.replacing("@id(\"\(rule)\")", with: "@id(\"\(rule)\") \(annotation)"))
    }

    /// A deletion that may change one row, which another agent executes.
    private static func executing(
        _ scenario: Scenario, executor: TestAgent
    ) async throws -> (request: RequestID, execution: ExecutionID) {
        var action = Scenario.deletion.objectValue ?? [:]
        action["expect"] = ["rows": ["at_most": "1"]]
        let id = try await scenario.approved(.object(action)).id
        let token = try await scenario.agent.token(for: id, audience: executor.id)
        let answer = try await executor.claim(
            token: token, action: try await scenario.agent.read(id)["action"] ?? .null,
            proof: try scenario.agent.proof(for: token))
        return (id, try #require(answer.view["execution"]?.textValue.flatMap(ExecutionID.init)))
    }

    private static func frozen(_ scenario: Scenario) async throws -> Set<Text> {
        Set(try await scenario.fixture.read { try $0.freezes().map(\.scope.key) })
    }

    static let freezes: [(rule: Text, words: String, scopes: Set<Text>)] = [
        ("delete", "freeze-agent", ["agent:orders-agent"]), ("delete", "freeze-executor", ["agent:executor"]),
        ("delete", "freeze-tool", ["tool:orders-db___execute"]), ("read", "freeze-agent", []),
        (
            "delete-needs-operators", "freeze-tool, freeze-agent",
            ["tool:orders-db___execute", "agent:orders-agent"]
        ),
    ]

    @Test(arguments: freezes)
    func `a violation freezes what the rules say by which it ran`(
        rule: Text, words: String, scopes: Set<Text>
    ) async throws {
        let policy = Self.policy(rule, "@on_violation(\"\(words)\")")
        try await AuthorityFixture.withScenario(policy: policy) { scenario in
            let executor = try await scenario.addAgent("executor")
            let running = try await Self.executing(scenario, executor: executor)
            try await executor.complete(running.execution, observed: ["rows": 2])
            #expect(try await scenario.fixture.request(running.request).progress.status == .violated)
            #expect(try await Self.frozen(scenario) == scopes)
            let entries = try await scenario.fixture.entries(of: "switch.frozen")
            #expect(Set(entries.compactMap { $0["subject"]?.textValue }) == Set(scopes.map { "freeze:\($0)" }))
            #expect(entries.allSatisfy { $0["body"]?["by"] == "policy" })
            #expect(try await scenario.fixture.reviewCauses(of: running.request) == [.violated])
            // The next step is stopped, and an administrator thaws it.
            guard let scope = scopes.first.flatMap(Freeze.Scope.init(key:)) else { return }
            let next = try await scenario.pending().id
            try await expectRefused(.frozen) {
                try await scenario.approver.decide(.approve, on: next)
                _ = try await scenario.agent.token(for: next, audience: executor.id)
            }
            try await scenario.approver.change(.thaw(scope))
        }
    }

    @Test(arguments: [("succeeded", 1), ("failed", 2), ("no_effect", 2)] as [(Text, Int64)])
    func `what agrees or failed freezes nothing`(outcome: Text, rows: Int64) async throws {
        let policy = Self.policy("delete", "@on_violation(\"freeze-agent,freeze-executor,freeze-tool\")")
        try await AuthorityFixture.withScenario(policy: policy) { scenario in
            let executor = try await scenario.addAgent("executor")
            let running = try await Self.executing(scenario, executor: executor)
            try await executor.complete(running.execution, outcome: outcome, observed: ["rows": .integer(rows)])
            #expect(try await Self.frozen(scenario) == [])
        }
    }

    @Test func `a violation stops what else runs, and leaves a freeze as whoever made it said`() async throws {
        let policy = Self.policy("delete", "@on_violation(\"freeze-agent,freeze-tool\")")
        try await AuthorityFixture.withScenario(policy: policy) { scenario in
            let executor = try await scenario.addAgent("executor")
            let (first, second) = (
                try await Self.executing(scenario, executor: executor),
                try await Self.executing(scenario, executor: executor)
            )
            try await scenario.approver.change(.freeze(.tool("orders-db___other"), reason: "mine"))
            // What is loaded while it runs changes nothing about it.
            try await scenario.approver.change(.loadPolicy(source: Scenario.policy))
            try await executor.complete(first.execution, observed: ["rows": 2])
            let other = try await scenario.fixture.request(second.request)
            #expect(other.progress.status == .unknown && other.progress.endReason == .frozenWhileExecuting)
            #expect(
                try await Self.frozen(scenario)
                    == ["agent:orders-agent", "tool:orders-db___execute", "tool:orders-db___other"])
            #expect(try await scenario.fixture.entries(about: second.execution.text).count == 2)
        }
    }

    @Test func `a freeze of whoever executes ends what it runs for others`() async throws {
        try await AuthorityFixture.withScenario { scenario in
            let (executor, other) = (try await scenario.addAgent("executor"), try await scenario.addAgent("other"))
            let running = try await Self.executing(scenario, executor: executor)
            try await scenario.approver.change(.freeze(.agent(other.id), reason: "stop"))
            #expect(try await scenario.fixture.request(running.request).progress.status == .executing)
            try await scenario.approver.change(.freeze(.agent(executor.id), reason: "stop"))
            let request = try await scenario.fixture.request(running.request)
            #expect(request.progress.status == .unknown && request.progress.endReason == .frozenWhileExecuting)
        }
    }

    /// The set in force when it was opened, and when it was claimed.
    static let reviews: [(before: String, after: String, action: JSONValue, isReviewed: Bool)] = [
        ("", "@tier(\"review\")", Scenario.reading, true), ("@tier(\"review\")", "", Scenario.reading, true),
        ("", "", Scenario.reading, false), ("", "@tier(\"review\")", Scenario.deletion, true),
        ("", "", Scenario.deletion, false),
    ]

    @Test(arguments: reviews)
    func `what any set wanted to be looked at is looked at`(
        before: String, after: String, action: JSONValue, isReviewed: Bool
    ) async throws {
        let rule: Text = action == Scenario.reading ? "read" : "delete"
        try await AuthorityFixture.withScenario(policy: Self.policy(rule, before)) { scenario in
            let id = try await (rule == "read" ? scenario.pending(action) : scenario.approved(action)).id
            try await scenario.approver.change(.loadPolicy(source: Self.policy(rule, after)))
            let agent = scenario.agent
            try await agent.complete(try await agent.claim(id, token: try await agent.token(for: id)))
            #expect(try await scenario.fixture.reviewCauses(of: id) == (isReviewed ? [.tier] : []))
        }
    }

    @Test func `what nobody was shown may change`() async throws {
        try await AuthorityFixture.withScenario { scenario in
            for status in EdgeStory.beforeClaim {
                let standing = try await scenario.reach(status)
                try await EdgeStory.register(scenario) { tool in
                    let resource = ResourceReference(type: "Database", id: "prod/users")
                    tool.targets.append(Target(name: "users", resource: resource, environment: "prod"))
                    tool.targets[0].name = "all-orders"
                    tool.defaultDeadlineSeconds = 60
                    tool.greatestDeadlineSeconds = 600
                }
                #expect(try await scenario.nextStep(standing) == nil)
                try await EdgeStory.register(scenario) { _ in }
            }
        }
    }
}
