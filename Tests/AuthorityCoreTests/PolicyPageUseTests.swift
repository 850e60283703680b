import AuthorityCore
import AuthorityTestKit
import CanonicalEncoding
import DomainModel
import Testing

@Suite struct PolicyPageUseTests {
    @Test func `what-if answers as a request would, and makes none`() async throws {
        try await AuthorityFixture.withScenario { scenario in
            let viewer = try await scenario.approver.viewer()
            let question = WhatIfQuestion(agent: scenario.agent.id.text, tool: "no___tool", target: "", arguments: "{}")
            let unknown = try await AskWhatIf(scenario.authority).run(viewer, question)
            #expect(unknown.tier == .deny && unknown.reasons.first?.policy == "registry")
            #expect(try await ReadRequests(scenario.authority).run(viewer).isEmpty)
        }
    }

    @Test func `a loaded set is in the history with its change, and the change with what it replaced`() async throws {
        try await AuthorityFixture.withScenario { scenario in
            let viewer = try await scenario.approver.viewer()
            let before = try await ReadPolicy(scenario.authority).run(viewer)
            let source = Text(Scenario.Rule().policy.string + "\n// another\n")
            let change = try await scenario.approver.change(.loadPolicy(source: source)).change
            let after = try await ReadPolicy(scenario.authority).run(viewer)
            #expect(after.loaded.count == before.loaded.count + 1)
            #expect(after.loaded.first?.change?.id == change.id && after.problems.isEmpty && !after.rules.isEmpty)
            let replaced = try await ReadPolicy(scenario.authority).replaced(by: change, viewer)
            #expect(replaced?.new.source == source && replaced?.old == before.loaded.first?.version)
            let entry = try await scenario.fixture.entries(about: "policy").last
            #expect(entry?["body"]?["digest"] == after.loaded.first.map { "\($0.version.digest.wire)" })
        }
    }
}
