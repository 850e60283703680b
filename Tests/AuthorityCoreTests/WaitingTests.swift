import AuthorityCore
import AuthorityTestKit
import CanonicalEncoding
import DomainModel
import Testing
import WireProtocol

/// Whoever waits is woken by what happens, and by nothing else.
@Suite struct WaitingTests {
    /// Starts a wait and returns once the watch counts it.
    private static func waiting(
        _ scenario: Scenario, _ id: RequestID, seconds: Int64 = 30, known: Int64? = nil
    ) async throws -> Task<JSONValue, any Error> {
        let before = scenario.authority.watch.count
        let caller = try await scenario.agent.authenticated()
        let wait = Task { () async throws -> JSONValue in
            try await ReadRequest(scenario.authority).run(
                caller, id: id.text, waitSeconds: seconds, knownRevision: known)
        }
        while scenario.authority.watch.count == before { await Task.yield() }
        return wait
    }

    @Test func `a waiter is woken by the change it waits for, and no other`() async throws {
        try await AuthorityFixture.withScenario { scenario in
            let (mine, other) = (try await scenario.pending(), try await scenario.pending())
            let wait = try await Self.waiting(scenario, mine.id)
            try await scenario.approver.decide(.approve, on: other.id)
            #expect(scenario.authority.watch.count == 1)
            try await scenario.approver.decide(.approve, on: mine.id)
            #expect(try await wait.value["status"] == "approved")
            #expect(scenario.authority.watch.count == 0)
        }
    }

    @Test func `hundreds who are woken at once are told the same`() async throws {
        try await AuthorityFixture.withScenario { scenario in
            let mine = try await scenario.pending()
            var waits: [Task<JSONValue, any Error>] = []
            for _ in 0..<300 { waits.append(try await Self.waiting(scenario, mine.id)) }
            try await scenario.approver.decide(.approve, on: mine.id)
            for wait in waits { #expect(try await wait.value["status"] == "approved") }
            #expect(scenario.authority.watch.count == 0)
        }
    }

    @Test func `what is known already is waited for, what is newer is told at once`() async throws {
        try await AuthorityFixture.withScenario { scenario in
            let mine = try await scenario.pending()
            let caller = try await scenario.agent.authenticated()
            let read = ReadRequest(scenario.authority)
            let first = try await read.run(caller, id: mine.id.text)["revision"]?.integerValue
            let wait = try await Self.waiting(scenario, mine.id, known: first)
            try await scenario.approver.decide(.approve, on: mine.id)
            #expect(try await wait.value["status"] == "approved")
            let news = try await read.run(caller, id: mine.id.text, waitSeconds: 30, knownRevision: first)
            #expect(news["status"] == "approved")
        }
    }

    /// What changes it from there.
    static let changes: [(RequestStatus, @Sendable (Scenario, Standing) async throws -> Void)] = [
        (.pending, { scenario, standing in try await scenario.approver.decide(.approve, on: standing.id) }),
        (.approved, { scenario, standing in _ = try await scenario.agent.token(for: standing.id) }),
        (.granted, { scenario, standing in try await scenario.agent.revoke(standing.token ?? "") }),
        (
            .executing,
            { scenario, standing in try await scenario.agent.complete(try #require(standing.execution)) }
        ),
    ]

    @Test(arguments: 0..<changes.count)
    func `whoever says nothing of what it knows waits for the next change`(index: Int) async throws {
        try await AuthorityFixture.withScenario { scenario in
            let (status, change) = Self.changes[index]
            let standing = try await scenario.reach(status)
            let before = try await scenario.agent.read(standing.id)["revision"]?.integerValue ?? 0
            let wait = try await Self.waiting(scenario, standing.id)
            try await change(scenario, standing)
            #expect(try await wait.value["revision"]?.integerValue == before + 1)
        }
    }

    @Test func `what has ended is told at once`() async throws {
        try await AuthorityFixture.withScenario { scenario in
            let standing = try await scenario.pending()
            let revision = try await scenario.agent.cancel(standing.id)["revision"]?.integerValue
            for known in [nil, revision] {
                let view = try await ReadRequest(scenario.authority).run(
                    try await scenario.agent.authenticated(), id: standing.id.text, waitSeconds: 30,
                    knownRevision: known)
                #expect(view["status"] == "cancelled")
            }
        }
    }

    @Test func `time ends a wait to the second, and tells what there is`() async throws {
        try await AuthorityFixture.withScenario { scenario in
            let wait = try await Self.waiting(scenario, try await scenario.pending().id, seconds: 3)
            for _ in 0..<2 { scenario.authority.watch.letOneSecondPass() }
            #expect(scenario.authority.watch.count == 1)
            scenario.authority.watch.letOneSecondPass()
            #expect(try await wait.value["status"] == "pending")
            #expect(scenario.authority.watch.count == 0)
        }
    }

    @Test func `a client that goes away leaves nothing behind`() async throws {
        try await AuthorityFixture.withScenario { scenario in
            let wait = try await Self.waiting(scenario, try await scenario.pending().id)
            wait.cancel()
            _ = await wait.result
            #expect(scenario.authority.watch.count == 0)
        }
    }

    @Test func `a server that goes down sends its waiters away, and takes no more`() async throws {
        try await AuthorityFixture.withScenario { scenario in
            let id = try await scenario.pending().id
            let wait = try await Self.waiting(scenario, id)
            let caller = try await scenario.agent.authenticated()
            scenario.authority.watch.drain()
            try await expectRefused(.shuttingDown) { try await wait.value }
            try await expectRefused(.shuttingDown) {
                try await ReadRequest(scenario.authority).run(caller, id: id.text, waitSeconds: 30)
            }
            #expect(scenario.authority.watch.count == 0)
        }
    }
}
