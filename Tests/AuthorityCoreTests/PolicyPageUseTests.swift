import AuthorityCore
import AuthorityTestKit
import CanonicalEncoding
import DomainModel
import Testing
import WireProtocol

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

    @Test func `what-if asks a proposed set, at another time, with the approval that it wants`() async throws {
        try await AuthorityFixture.withScenario { scenario in
            let viewer = try await scenario.approver.viewer()
            func ask(
                _ operation: String, change: Text = "", time: Text = "", approved: Text = ""
            ) async throws -> WhatIfAnswer {
                try await AskWhatIf(scenario.authority).run(
                    viewer,
                    WhatIfQuestion(
                        agent: scenario.agent.id.text, tool: "orders-db___execute", target: "",
                        arguments: Text("{\"operation\": \"\(operation)\"}"), change: change, time: time,
                        approvedMinutes: approved))
            }
            #expect(try await ask("delete").tier == .approval)
            let granted = try await ask("delete", approved: "14")
            #expect(granted.tier == .auto && granted.reasons.map(\.policy) == ["delete"])
            guard case .given = granted.approval else { Issue.record("no approval was imagined"); return }
            let late = try await ask("delete", approved: "15")
            #expect(late.tier == .approval)
            guard case .lapsed = late.approval else { Issue.record("the approval counts too long"); return }
            guard case .unneeded = try await ask("read", approved: "1").approval else {
                Issue.record("an approval was used where none is needed")
                return
            }
            let source = Text(
                """
                \(Scenario.policy)
                @id("night") forbid (principal, action, resource)
                when { context.system.now < datetime("2030-01-01T06:00:00Z") };
                """)
            let proposal = try await ProposeChange(scenario.authority).run(
                by: .viewer(viewer), change: .loadPolicy(source: source))
            #expect(try await ReadPolicy(scenario.authority).run(viewer).proposals.map(\.id) == [proposal.id])
            #expect(try await ask("read").tier == .auto)
            let night = try await ask("read", change: proposal.id.text, time: "2030-01-01T05:59:59Z")
            #expect(night.tier == .deny && night.reasons.map(\.policy) == ["night"])
            #expect(try await ask("read", change: proposal.id.text, time: "2030-01-01T06:00:00Z").tier == .auto)
        }
    }

    @Test(
        arguments: [
            ("chg_none", "", ""), ("", "tomorrow", ""), ("", "", "-1"), ("", "", "soon"), ("", "", "129601"),
        ] as [(Text, Text, Text)])
    func `a what-if that cannot be asked is refused`(change: Text, time: Text, approved: Text) async throws {
        try await AuthorityFixture.withScenario { scenario in
            let error = try await refusal {
                try await AskWhatIf(scenario.authority).run(
                    try await scenario.approver.viewer(),
                    WhatIfQuestion(
                        agent: scenario.agent.id.text, tool: "orders-db___execute", target: "", arguments: "",
                        change: change, time: time, approvedMinutes: approved))
            }
            #expect(error.map { $0.code.status < 500 } == true)
        }
    }
}
