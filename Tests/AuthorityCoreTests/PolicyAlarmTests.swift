import AuthorityCore
import AuthorityTestKit
import CanonicalEncoding
import DomainModel
import Testing

/// A forbid that cannot be evaluated denies, and somebody gets to know.
@Suite struct PolicyAlarmTests {
    @Test func `a broken rule that denies is logged as an error and seen on overview and policy page`() async throws {
        let policy = Text("\(Scenario.policy)\n\(Scenario.brokenRule)")
        try await AuthorityFixture.withScenario(policy: policy) { scenario in
            let viewer = try await scenario.approver.viewer()
            #expect(try await ReadOverview(scenario.authority).run(viewer).policyErrors.isEmpty)
            let (id, _) = try await scenario.agent.open(Scenario.reading)
            #expect(try await scenario.fixture.request(id).progress.endReason == .policyError)
            let line = scenario.fixture.written.all.first { $0.hasPrefix("error a policy rule cannot be evaluated") }
            #expect(line?.contains("rule=broken") == true && line?.contains("step=opening") == true)
            for seen in [
                try await ReadOverview(scenario.authority).run(viewer).policyErrors,
                try await ReadPolicy(scenario.authority).run(viewer).errors,
            ] {
                #expect(seen.map(\.request) == [id] && seen.first?.reasons.map(\.policy) == ["broken"])
            }
            scenario.clock.advance(seconds: 8 * 86_400)
            let login = try BeginLogin(scenario.authority).run()
            let opened = try await FinishLogin(scenario.authority).run(
                ceremony: login.id.text, assertion: try scenario.approver.answer(login.options))
            #expect(try await ReadOverview(scenario.authority).run(opened.viewer).policyErrors.isEmpty)
        }
    }

    @Test func `a rule that breaks before a token is asked for is logged too`() async throws {
        try await AuthorityFixture.withScenario { scenario in
            let (id, _) = try await scenario.agent.open(Scenario.reading)
            let broken = Text("\(Scenario.policy)\n\(Scenario.brokenRule)")
            try await scenario.approver.change(.loadPolicy(source: broken))
            _ = try? await scenario.agent.token(for: id)
            #expect(try await scenario.fixture.request(id).progress.status == .stale)
            let line = scenario.fixture.written.all.first { $0.hasPrefix("error a policy rule cannot be evaluated") }
            #expect(line?.contains("rule=broken") == true && line?.contains("step=recheck") == true)
        }
    }

    @Test func `a question that nobody asked raises no alarm`() async throws {
        let policy = Text("\(Scenario.policy)\n\(Scenario.brokenRule)")
        try await AuthorityFixture.withScenario(policy: policy) { scenario in
            let answer = try await AskWhatIf(scenario.authority).run(
                try await scenario.approver.viewer(),
                WhatIfQuestion(
                    agent: scenario.agent.id.text, tool: "orders-db___execute", target: "",
                    arguments: "{\"operation\": \"read\", \"id\": 7}"))
            #expect(answer.endReason == .policyError && scenario.fixture.written.all.isEmpty)
        }
    }
}
