import AuthorityPorts
import AuthorityTestKit
import DomainModel
import Testing

/// Kills the server with SIGKILL at every named step, starts it again on what was durable, and lets the reconciler look.
@Suite struct CrashTests {
    @Test(arguments: Step.allCases)
    func `after a crash at any step nothing is half-done and work goes on`(step: Step) async throws {
        let installation = try await Installation.copy()
        defer { installation.remove() }
        let doomed = try await ServerProcess(
            data: installation.data, environment: ["COUNTERSIGN_CRASH_AT": step.rawValue])
        var job = MainJob(agent: try installation.agent(doomed), browser: installation.browser)
        job.browser.origin = doomed.consoleURL
        // What fails here fails because the server dies under it.
        _ = try? await job.deletion()
        if doomed.isRunning { _ = try? await job.abandonedReading() }
        try #require(try await doomed.isGone(), "\(step.rawValue) was not reached")
        #expect(doomed.wasKilled, "\(doomed.writtenLog)")

        let server = try await ServerProcess(data: installation.data)
        var after = MainJob(agent: try installation.agent(server), browser: job.browser)
        after.browser.origin = server.consoleURL
        #expect(try await after.deletion() == .completed)
        let abandoned = try await after.abandonedReading()
        let ended = try await ServerProcess.eventually {
            let status = try await after.agent.read(abandoned).status
            return status == .executing ? nil : status
        }
        #expect(ended == .unknown)
        #expect(try await server.stop())
        #expect(try installation.reconcile() == [])
    }
}
