import AuthorityCore
import AuthorityTestKit
import CanonicalEncoding
import DomainModel
import Testing

/// What the overview counts, from requests that went their whole way.
@Suite struct OverviewTests {
    @Test func `what people let through is counted whatever became of it, and for whoever sees none of the requests`()
        async throws
    {
        try await AuthorityFixture.withScenario { scenario in
            let elsewhere = try await scenario.add("cara", groups: ["others"])
            let lapsed = try await scenario.approved()
            scenario.clock.advance(seconds: 900)
            #expect(try await Sweeper(scenario.authority).run() == 1)
            #expect(try await scenario.fixture.request(lapsed.id).progress.endReason == .votesExpired)
            let denied = try await scenario.pending()
            try await scenario.approver.decide(.deny, on: denied.id)
            _ = try await scenario.pending()
            _ = try await scenario.agent.open(Scenario.reading)

            let viewer = try await elsewhere.viewer()
            #expect(try await ReadRequests(scenario.authority).run(viewer).isEmpty)
            let overview = try await ReadOverview(scenario.authority).run(viewer)
            #expect(
                overview.statistics.asked == [
                    .init(
                        tool: "orders-db___execute", resource: "prod/orders", approved: 1, denied: 1, undecided: 1)
                ])
            #expect(overview.pending == 1)
        }
    }

    @Test func `the period begins at midnight, thirteen days before today`() async throws {
        try await AuthorityFixture.withScenario { scenario in
            let viewer = try await scenario.approver.viewer()
            let since = try await ReadOverview(scenario.authority).run(viewer).since
            let day: Int64 = 86_400
            #expect(since.milliseconds % (day * 1000) == 0)
            #expect(scenario.clock.now.seconds / day - since.seconds / day == 13)
        }
    }

    @Test func `what waits longest is the oldest, whatever comes to its end first`() async throws {
        try await AuthorityFixture.withScenario { scenario in
            let first = try await scenario.pending()
            scenario.clock.advance(seconds: 5)
            _ = try await scenario.pending()
            let viewer = try await scenario.approver.viewer()
            let overview = try await ReadOverview(scenario.authority).run(viewer)
            #expect(overview.pending == 2)
            #expect(overview.oldestPending == (try await scenario.fixture.request(first.id).submission.createdAt))
        }
    }
}
