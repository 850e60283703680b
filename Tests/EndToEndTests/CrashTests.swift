import APIClient
import AuthorityPorts
import CanonicalEncoding
import DomainModel
import Synchronization
import Testing
import WireProtocol

/// Kills the server with SIGKILL at every named step, starts it again on what was durable, lets the clients go on as real
/// ones would, and has the record checked by code that shares nothing with the server.
@Suite struct CrashTests {
    /// Servers are processes: more than a few at once only wait for the processor.
    private static let slots = Slots(4)

    /// Each step of a use case, and around each COMMIT that one of them causes: `claim.before_commit/commit.after`.
    private static let points: [[Step]] =
        Step.allCases.filter { !aroundCommit.contains($0) && !Step.ofTheGateway.contains($0) }.map { [$0] }
        + inTransaction.flatMap { step in aroundCommit.map { [step, $0] } }
    private static let aroundCommit: [Step] = [.commitBefore, .commitAfter]
    private static let inTransaction: [Step] = [
        .requestBeforeCommit, .voteBeforeCommit, .tokenBeforeCommit, .claimBeforeCommit, .completionBeforeCommit,
        .cancelBeforeCommit, .revokeBeforeCommit, .changeBeforeCommit, .sweepInTransaction,
    ]

    /// What the gateway does by itself is in AuthorityCoreTests/Gateway/GatewayCrashTests, on copies of the record.
    @Test func `every named step is a point at which a server is killed`() {
        #expect(Set(Self.points.flatMap { $0 }) == Set(Step.allCases).subtracting(Step.ofTheGateway))
        #expect(Self.points.count >= 20)
    }

    @Test(arguments: points.map { $0.map(\.rawValue).joined(separator: "/") })
    func `after a crash at any step nothing that was answered is lost and nothing runs twice`(point: String)
        async throws
    {
        try await Self.slots.hold { try await Self.crash(at: point) }
    }

    private static func crash(at point: String) async throws {
        let installation = try await Installation.copy()
        defer { installation.remove() }
        let doomed = try await ServerProcess(
            data: installation.data, environment: ["COUNTERSIGN_CRASH_AT": point])
        defer { doomed.end() }
        let job = CrashStory(
            agent: try installation.agent(doomed, patience: .seconds(90)),
            browser: installation.browser.visiting(doomed.consoleURL))
        // It goes on through the crash: calls are repeated with the same keys until the restarted server answers them.
        let hasEnded = Mutex(false)
        async let running = {
            defer { hasEnded.withLock { $0 = true } }
            return try await job.run()
        }()
        _ = try await ServerProcess.eventually(within: 90) {
            !doomed.isRunning || hasEnded.withLock { $0 } ? true : nil
        }
        guard !doomed.isRunning else {
            Issue.record("\(point) was not reached")
            _ = try await doomed.stop()
            _ = try await running
            return
        }
        #expect(doomed.wasKilled, "\(doomed.writtenLog)")
        let server = try await ServerProcess(data: installation.data, addresses: doomed.addresses)
        defer { server.end() }
        let told = try await running
        try await check(told, job, installation)
        #expect(try await server.stop(), "\(server.writtenLog)")
        try await checkRecord(told, installation)
    }

    /// What was answered before or after the crash still stands, and asking again with the same keys changes nothing.
    private static func check(_ told: CrashStory.Told, _ job: CrashStory, _ installation: Installation) async throws {
        #expect(try await job.agent.read(told.deletion.request).status == .completed)
        #expect(try await job.agent.read(told.cancelled).status == .cancelled)
        #expect(try await job.agent.read(told.abandoned.request).status == .unknown)
        #expect(try await job.agent.read(told.frozen.request).status == .unknown)
        let again = try await job.repeatEverything(told)
        #expect(again == told)
    }

    private static func checkRecord(_ told: CrashStory.Told, _ installation: Installation) async throws {
        let report = try await installation.doctor()
        #expect(report.sound, "\(report.output)")
        // Four requests, one vote, three executions, however often each was asked for.
        #expect(report.counts["requests"]?.integerValue == 4, "\(report.output)")
        #expect(report.counts["votes"]?.integerValue == 1, "\(report.output)")
        #expect(report.counts["executions"]?.integerValue == 3, "\(report.output)")
        #expect(try installation.reconcile() == [])
    }
}
