import AuthorityCore
import AuthorityTestKit
import CanonicalEncoding
import DomainModel
import Testing
import WireProtocol

/// Every edge of `authority.md`, "States", walked through the use cases:
///
/// | from | to | why |
/// | --- | --- | --- |
/// | (evaluate) | denied | policy forbids, has no permit, fails, cannot be satisfied; not registered |
/// | (evaluate) | approved | tier auto, tier review |
/// | (evaluate) | pending | tier approval |
/// | pending | approved | quorum |
/// | approved | granted | token issued |
/// | granted | approved | token lapsed (sweeper, agent), token revoked |
/// | granted | executing | claim |
/// | executing | completed | completion agrees |
/// | executing | failed | failed, no effect |
/// | executing | violated | more than expected, expected but not observed |
/// | executing | unknown | deadline missed, frozen, restored; lost by the gateway (Gateway/GatewayCallTests) |
/// | pending, approved, granted | denied | veto, vote withdrawn |
/// | pending, approved, granted | cancelled | by the agent, superseded, agent disabled |
/// | pending, approved, granted | expired | request, window; from approved and granted also votes |
/// | pending, approved, granted | stale | tool, provider, task, policy, key, epoch; from approved and granted also preconditions and approvers |
@Suite struct EveryEdgeTests {
    @Test func `every edge of the workflow is walked by a story`() {
        let ofTheGateway: Set = [EdgeName(.executing, .unknown, .outcomeUnknown)]
        #expect(Set(EdgeStory.all.map(\.edge)).union(ofTheGateway).sorted() == AllEvents.edges.sorted())
    }

    @Test(arguments: EdgeStory.all)
    func `the request goes that way, and the record shows it`(story: EdgeStory) async throws {
        let edge = story.edge
        try await AuthorityFixture.withScenario(policy: story.policy) { scenario in
            let id = try await story.tell(scenario).id
            let entries = try await EdgeWalk(scenario, id)
            #expect(entries.last == edge)
            #expect(entries.isContiguous)
        }
    }

    @Test(arguments: EdgeStory.all.filter { $0.edge.to.isTerminal })
    func `an ended request absorbs every later step`(story: EdgeStory) async throws {
        guard story.edge.reason != .epochChanged else { return }
        try await AuthorityFixture.withScenario(policy: story.policy) { scenario in
            let standing = try await story.tell(scenario)
            let before = try await scenario.fixture.request(standing.id)
            let steps: [@Sendable () async throws -> Void] = [
                { _ = try await scenario.agent.cancel(standing.id) },
                { _ = try await scenario.agent.token(for: standing.id) },
                { _ = try await scenario.agent.claim(standing.id, token: standing.token ?? "none") },
                { _ = try await scenario.approver.decide(.approve, on: standing.id) },
                { _ = try await scenario.approver.decide(.deny, on: standing.id) },
                { if let execution = standing.execution { try await scenario.agent.complete(execution) } },
            ]
            for step in steps { _ = try? await step() }
            scenario.clock.advance(seconds: 200_000)
            try await Sweeper(scenario.authority).run()
            #expect(try await scenario.fixture.request(standing.id) == before)
        }
    }
}

/// The way of one request through the states, as its log entries tell it.
struct EdgeWalk {
    var last: EdgeName?
    /// Revisions 1, 2, 3, …: one entry each.
    var isContiguous: Bool

    init(_ scenario: Scenario, _ id: RequestID) async throws {
        let fixture = try? await scenario.fixture.request(id)
        // After a restore the first store is closed: what it says is read from the one that was opened last.
        let entries =
            fixture == nil
            ? try await Self.reopened(scenario, id) : try await scenario.fixture.entries(about: id.text)
        isContiguous =
            entries.map { $0["body"]?["revision"]?.integerValue } == (1...Int64(max(entries.count, 1))).map { $0 }
        last = EdgeName(lastOf: entries)
    }

    private static func reopened(_ scenario: Scenario, _ id: RequestID) async throws -> [JSONValue] {
        let fixture = try await scenario.fixture.restored()
        let entries = try await fixture.entries(about: id.text)
        try await fixture.closeStore()
        return entries
    }
}
