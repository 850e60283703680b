import AuthorityTestKit
import CanonicalEncoding
import ServerRuntime
import Testing

@Suite struct PolicyAlarmTests {
    @Test func `a rule that cannot be evaluated is counted`() async throws {
        let registry = MetricsRegistry.shared
        func count() -> Int {
            let line = registry.prometheusText.split(separator: "\n").first {
                $0.hasPrefix("countersign_policy_errors_total{step=\"opening\"}")
            }
            return line.flatMap { $0.split(separator: " ").last }.flatMap { Int($0) } ?? 0
        }
        let before = count()
        let policy = Text("\(Scenario.policy)\n\(Scenario.brokenRule)")
        try await AuthorityFixture.withScenario(policy: policy) { scenario in
            _ = try await scenario.agent.open(Scenario.reading)
        }
        #expect(count() == before + 1)
    }
}
