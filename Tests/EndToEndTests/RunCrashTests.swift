import AuthorityPorts
import CanonicalEncoding
import DomainModel
import Foundation
import Testing

/// `countersign run` itself as the client of a server that is killed between the token and the completion.
@Suite struct RunCrashTests {
    private static let slots = Slots(3)
    private static let steps = Step.allCases.filter { step in
        ["token.", "claim.", "completion."].contains { step.rawValue.hasPrefix($0) }
    }

    private static func isGone(_ server: ServerProcess) async throws -> Bool {
        try await server.isGone(within: 60) && server.wasKilled
    }

    private static func host(at step: Step, policy: Text) async throws -> CommandHost {
        try await CommandHost(policy: policy, environment: ["COUNTERSIGN_CRASH_AT": step.rawValue])
    }

    private static let command = "echo ran >> $0; echo done; exit 7"

    @Test func `token, claim and completion have a dozen steps`() { #expect(Self.steps.count >= 12) }

    @Test(arguments: steps)
    func `a command whose server is killed and started again runs once and passes its status through`(
        step: Step
    ) async throws {
        try await Self.slots.hold {
            var host = try await Self.host(at: step, policy: CommandHost.people)
            defer { host.remove() }
            let run = try host.run([], ["/bin/sh", "-c", Self.command, host.effect])
            let id = try #require(try await host.waiting())
            try await host.browser.vote(.approve, on: id)
            #expect(try await Self.isGone(host.server), "\(step.rawValue) was not reached")
            try await host.restart()

            #expect(try await run.exitStatus() == 7, "\(run.said)")
            #expect(run.written == "done\n")
            #expect(try String(contentsOfFile: host.effect, encoding: .utf8) == "ran\n")
            #expect(!run.said.contains("countersign: error:"), "\(run.said)")
            #expect(try await host.browser.status(of: id) == .failed)
            try await Self.checkRecord(host, executions: 1)
        }
    }

    @Test(arguments: [(Step.tokenBeforeTransaction, Int64(0)), (.claimBeforeCommit, 0), (.claimAfterCommit, 1)])
    func `a command whose server does not come back before the claim is answered never runs, and says so`(
        step: Step, executions: Int64
    ) async throws {
        try await Self.slots.hold {
            var host = try await Self.host(at: step, policy: CommandHost.routine)
            defer { host.remove() }
            let run = try host.run(["--wait", "2s"], ["/bin/sh", "-c", Self.command, host.effect])
            #expect(try await Self.isGone(host.server), "\(step.rawValue) was not reached")

            #expect(try await run.exitStatus() == 1, "\(run.said)")
            #expect(run.said.contains("does not answer"), "\(run.said)")
            #expect(run.said.contains("countersign: hint: Nothing was run."), "\(run.said)")
            #expect(run.written.isEmpty)
            #expect(!host.hasEffect)
            try await host.restart()
            try await Self.checkRecord(host, executions: executions)
            #expect(!host.hasEffect)
        }
    }

    @Test func `a command that ran and cannot be reported says so, and its status passes through`() async throws {
        try await Self.slots.hold {
            var host = try await Self.host(at: .completionBeforeTransaction, policy: CommandHost.routine)
            defer { host.remove() }
            let run = try host.run(["--deadline", "3s"], ["/bin/sh", "-c", Self.command, host.effect])
            #expect(try await Self.isGone(host.server))

            #expect(try await run.exitStatus() == 7, "\(run.said)")
            #expect(run.written == "done\n")
            #expect(
                run.said.contains("countersign: error: The command ran, but its completion could not be reported"),
                "\(run.said)")
            #expect(try String(contentsOfFile: host.effect, encoding: .utf8) == "ran\n")
            try await host.restart()
            try await Self.checkRecord(host, executions: 1)
        }
    }

    private static func checkRecord(_ host: CommandHost, executions: Int64) async throws {
        #expect(try await host.server.stop(), "\(host.server.writtenLog)")
        let report = try await host.installation.doctor()
        #expect(report.sound, "\(report.output)")
        #expect(report.counts["requests"]?.integerValue == 1, "\(report.output)")
        #expect(report.counts["executions"]?.integerValue == executions, "\(report.output)")
        #expect(try host.installation.reconcile() == [])
    }
}
