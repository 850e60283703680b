import AuthorityCore
import AuthorityPorts
import AuthorityTestKit
import CanonicalEncoding
import Dispatch
import DomainModel
import SQLiteStore
import Synchronization
import Testing

/// What was worked out before a request's turn came counts only while nothing has changed.
@Suite struct EarlyDraftTests {
    /// Something that is written while a request waits for its turn.
    struct Change: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let write: @Sendable (any StoreTransaction) throws -> Void
        /// What becomes of the request then.
        let reason: EndReason
    }

    private static let forbidding: Text = """
        \(Scenario.policy)
        @id("no more") @reason("No more") forbid (principal, action, resource);
        """

    static let changes: [Change] = [
        Change(
            testDescription: "the policy set",
            write: { transaction in
                let digest = Digest(domain: "countersign.policy.v1", .string(forbidding))
                try transaction.setPolicy(
                    PolicyVersion(
                        digest: digest, source: forbidding, loadedAt: Timestamp(milliseconds: 0), loadedBy: "test"))
            }, reason: .policyForbids),
        Change(
            testDescription: "the tool",
            write: { transaction in
                var tool = Scenario.tool
                tool.isEnabled = false
                try transaction.save(tool)
            }, reason: .notRegistered),
    ]

    /// Opens a request that has to wait for its turn, and does something meanwhile. What `write` writes comes first.
    private static func opened(
        _ scenario: Scenario, after write: (@Sendable (any StoreTransaction) throws -> Void)?, meanwhile: () -> Void
    ) async throws -> ApprovalRequest {
        let store = scenario.fixture.store
        // The writer knows the inventory from here on.
        for _ in 0..<2 { _ = try await scenario.agent.open(Scenario.reading) }
        let caller = try await scenario.agent.authenticated()
        _ = try await OpenRequest(scenario.authority).run(
            caller, body: ["action": Scenario.reading], idempotencyKey: nil)
        let gate = DispatchSemaphore(value: 0)
        let isHeld = Mutex(false)
        async let held: Void = store.write("test") { _ in
            isHeld.withLock { $0 = true }
            gate.wait()
        }
        while !isHeld.withLock({ $0 }) { await Task.yield() }
        let changing = write.map { write in Task { try await store.write("test", write) } }
        while store.waiting < (write == nil ? 0 : 1) { await Task.yield() }
        let opening = Task {
            try await OpenRequest(scenario.authority).run(
                caller, body: ["action": Scenario.reading], idempotencyKey: nil)
        }
        while store.waiting < (write == nil ? 1 : 2) { await Task.yield() }
        meanwhile()
        gate.signal()
        try await held
        try await changing?.value
        let view = try await opening.value.view
        return try await scenario.fixture.request(try #require(view["id"]?.textValue.flatMap { RequestID($0) }))
    }

    @Test(arguments: changes)
    func `what changes while a request waits for its turn decides about it`(change: Change) async throws {
        try await AuthorityFixture.withScenario { scenario in
            let request = try await Self.opened(scenario, after: change.write) {}
            #expect(request.progress.status == .denied)
            #expect(request.progress.endReason == change.reason)
        }
    }

    @Test func `a request is of the moment in which it was worked out, unless that is long ago`() async throws {
        try await AuthorityFixture.withScenario { scenario in
            let clock = scenario.fixture.clock
            let before = clock.now
            let soon = try await Self.opened(scenario, after: nil) { clock.advance(milliseconds: 900) }
            #expect(soon.submission.createdAt == before)
            let late = try await Self.opened(scenario, after: nil) { clock.advance(milliseconds: 1_100) }
            #expect(late.submission.createdAt == clock.now)
            let back = try await Self.opened(scenario, after: nil) { clock.advance(milliseconds: -1) }
            #expect(back.submission.createdAt == clock.now)
        }
    }
}
