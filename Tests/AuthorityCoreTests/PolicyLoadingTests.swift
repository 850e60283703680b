import ApprovalPolicy
import AuthorityCore
import AuthorityTestKit
import CanonicalEncoding
import DomainModel
import Testing
import WireProtocol

/// What a set has to pass before it is put in force, and what is kept of it.
@Suite struct PolicyLoadingTests {
    static let misspelt: [Text] = [
        "@id(\"a\") permit (principal, action == Countersign::Action::\"orders-db___exceute\", resource);",
        """
        @id("a") permit (principal, action == Countersign::Action::"orders-db___execute", resource)
        when { context.input.operaton == "read" };
        """,
        """
        @id("a") permit (principal, action == Countersign::Action::"orders-db___execute", resource)
        when { context.preconditions has nowhere && context.preconditions.nowhere.x == 1 };
        """,
    ]

    @Test(arguments: misspelt)
    func `a set that misspells a tool, an argument or a provider is refused when it is proposed`(source: Text)
        async throws
    {
        try await AuthorityFixture.withScenario { scenario in
            let propose = ProposeChange(scenario.authority)
            let viewer = try await scenario.approver.viewer()
            for proposer in [Proposer.viewer(viewer), .operatorOfHost] {
                if source.string.contains("nowhere") {
                    // Asked for with `has`, so it is only never true.
                    _ = try await propose.run(by: proposer, change: .loadPolicy(source: source))
                } else {
                    try await expectRefused(.policyInvalid) {
                        try await propose.run(by: proposer, change: .loadPolicy(source: source))
                    }
                }
            }
            let checked = try await CheckPolicy(scenario.authority).run(viewer, source: source)
            #expect(source.string.contains("nowhere") ? !checked.warnings.isEmpty : checked.problems.count == 1)
        }
    }

    @Test func `before the first administrator a set may come before its tools, and what it names is said`()
        async throws
    {
        let fixture = try AuthorityFixture()
        try await SeedInstallation(fixture.authority).run([.loadPolicy(source: Self.misspelt[0])], by: "setup")
        #expect(fixture.written.all.contains { $0.contains("nobody registered a tool") })
        // A mistake that no tool mends is one at any time.
        try await SeedInstallation(fixture.authority).run([.registerTool(Scenario.tool)], by: "setup")
        try await expectRefused(.policyInvalid) {
            try await SeedInstallation(fixture.authority).run([.loadPolicy(source: Self.misspelt[1])], by: "setup")
        }
        try await fixture.close()
    }

    @Test func `what was let pass then is found on the page`() async throws {
        let policy = Text(Scenario.policy.string + "\n" + Self.misspelt[0].string)
        try await AuthorityFixture.withScenario(policy: policy) { scenario in
            let standing = try await ReadPolicy(scenario.authority).run(try await scenario.approver.viewer())
            #expect(standing.problems.map(\.message).joined().contains("nobody registered a tool"))
        }
    }

    private static func scenarios(_ outcome: Text) -> JSONValue {
        [
            "defaults": ["tool": ["server": "orders-db", "name": "execute"]],
            "scenarios": [
                ["name": "Reading is routine", "input": ["operation": "read"], "outcome": "allow"],
                ["name": "Deleting is not", "input": ["operation": "delete"], "outcome": .string(outcome)],
            ],
        ]
    }

    @Test func `a set that answers its scenarios otherwise is refused when proposed and when confirmed`() async throws {
        try await AuthorityFixture.withScenario { scenario in
            let viewer = try await scenario.approver.viewer()
            let wrong = Change.loadPolicy(source: Scenario.policy, scenarios: Self.scenarios("deny"))
            let error = try await expectRefused(.policyInvalid) {
                try await ProposeChange(scenario.authority).run(by: .viewer(viewer), change: wrong)
            }
            #expect(error?.detail.contains("Deleting is not") == true)
            let checked = try await CheckPolicy(scenario.authority).run(
                viewer, source: Scenario.policy, scenarios: Self.scenarios("deny"))
            #expect(checked.digest == nil && checked.results.map(\.passes) == [true, false])
            // Good when it was proposed; then its group lost everybody, and confirming looks again.
            let source = Scenario.Rule(groups: ["release"]).policy
            let rita = try await scenario.add("rita", groups: ["release"])
            let proposal = try await ProposeChange(scenario.authority).run(
                by: .viewer(viewer), change: .loadPolicy(source: source, scenarios: Self.scenarios("approval")))
            let group: GroupID = try Scenario.name("release")
            try await scenario.approver.change(.removeFromGroup(group, .person(rita.id)))
            let before = try await ReadInventory(scenario.authority).runForOperator().policy
            try await expectRefused(.policyInvalid) { try await scenario.approver.confirm(proposal) }
            #expect(try await ReadInventory(scenario.authority).runForOperator().policy == before)
        }
    }

    @Test func `scenarios are kept with the set, asked on the page, and logged by digest with the difference`()
        async throws
    {
        try await AuthorityFixture.withScenario { scenario in
            let scenarios = Self.scenarios("approval")
            try await scenario.approver.change(.loadPolicy(source: Scenario.Rule().policy, scenarios: scenarios))
            let standing = try await ReadPolicy(scenario.authority).run(try await scenario.approver.viewer())
            #expect(standing.loaded.first?.version.scenarios == scenarios)
            #expect(standing.results.map(\.passes) == [true, true] && standing.problems == [])
            let body = try await scenario.fixture.entries(about: "policy").last?["body"]
            #expect(
                body?["scenarios"] == "\(Digest(domain: "countersign.policy-scenarios.v1", scenarios).wire)")
            #expect(body?["difference"]?["added"] == ["all", "delete-needs-people"])
            #expect(
                body?["difference"]?["removed"]
                    == ["delete", "delete-needs-operators", "never-drop", "read", "update"])
            #expect(body?["difference"]?["changed"] == [] && body?["difference"]?["digest"]?.textValue != nil)
        }
    }

    @Test(
        arguments: [
            ["scenarios": [["name": "x"]]],
            ["scenarios": [["outcome": "allow", "tool": ["server": "a", "name": "b"]]]],
            ["cases": []], "text", ["scenarios": [], "more": 1],
        ] as [JSONValue])
    func `a document that is no scenarios is refused`(document: JSONValue) async throws {
        try await AuthorityFixture.withScenario { scenario in
            try await expectRefused(.invalidValue) {
                try await scenario.approver.change(.loadPolicy(source: Scenario.policy, scenarios: document))
            }
        }
    }

    @Test func `scenarios beyond the limits are refused`() async throws {
        try await AuthorityFixture.withScenario { scenario in
            let one: JSONValue = ["name": "n", "tool": ["server": "a", "name": "b"], "outcome": "deny"]
            for document: JSONValue in [
                ["scenarios": .array(Array(repeating: one, count: 501))],
                [
                    "defaults": ["x": .string(Text(String(repeating: "y", count: 65_000)))],
                    "scenarios": .array([one, one]),
                ],
            ] {
                try await expectRefused(.invalidValue) {
                    try await scenario.approver.change(.loadPolicy(source: Scenario.policy, scenarios: document))
                }
            }
        }
    }

    private static func tool(operation type: JSONValue) -> RegisteredTool {
        RegisteredTool(
            reference: ToolReference(server: "orders-db", name: "execute"), kind: .generic, title: "Work on orders",
            targets: Scenario.tool.targets,
            inputSchema: [
                "type": "object", "properties": ["operation": ["type": type]], "required": ["operation"],
            ])
    }

    @Test func `a registration that the set in force does not fit is taken, logged and found on the page`() async throws
    {
        try await AuthorityFixture.withScenario { scenario in
            let viewer = try await scenario.approver.viewer()
            #expect(try await ReadPolicy(scenario.authority).run(viewer).problems == [])
            try await scenario.approver.change(.registerTool(Self.tool(operation: "integer")))
            let standing = try await ReadPolicy(scenario.authority).run(viewer)
            #expect(!standing.problems.isEmpty && standing.loaded.count == 1)
            let entry = try await scenario.fixture.entries(about: "tool:orders-db___execute").last
            #expect(entry?["body"]?["policy_problems"]?.integerValue == Int64(standing.problems.count))
            #expect(scenario.fixture.written.all.contains { $0.contains("could not be loaded with the tools") })
            // What still fits goes on as before.
            let (id, _) = try await scenario.agent.open(Scenario.deletion)
            #expect(try await scenario.fixture.request(id).progress.status == .pending)
        }
    }

    @Test func `another schema is another definition, and what was approved under the old one is stale`() async throws {
        try await AuthorityFixture.withScenario { scenario in
            let (id, _) = try await scenario.agent.open(Scenario.reading)
            #expect(Scenario.tool.reference.definition != nil)
            try await scenario.approver.change(.registerTool(Self.tool(operation: "string")))
            _ = try? await scenario.agent.token(for: id)
            let request = try await scenario.fixture.request(id)
            #expect(request.progress.status == .stale && request.progress.endReason == .toolChanged)
        }
    }
}
