import AuthorityCore
import CanonicalEncoding
import DomainModel
import Logging
import OperatorVerbs
import SecretMaterial
import ServerRuntime

/// The demo from its first line to its last.
struct DemoRun: Sendable {
    var directory: DemoDirectory
    var narrator: DemoNarrator
    var keeps: Bool

    private var isUnattended: Bool { narrator.isUnattended }
    private var orders: OrdersDatabase { OrdersDatabase(path: directory.database) }

    func run() async throws -> DemoReport {
        try orders.create()
        let server = try await start()
        narrator.open(directory: directory.path, agents: server.agentsURL, console: server.consoleURL)
        do {
            try await seed(server)
            let results = try await tell(server)
            let record = try Reconciler(
                directory: directory.authority, origin: Text(server.consoleURL), now: SystemSurroundings.now
            ).run()
            let report = DemoReport(isUnattended: isUnattended, results: results, findings: record.findings)
            narrator.say(report.closing)
            if !isUnattended {
                narrator.say("The console stays at \(server.consoleURL)/ until you press Control-C.")
                // Until the interruption, which is how it is meant to end.
                while !Task.isCancelled { try? await Task.sleep(for: .seconds(3600)) }
            }
            try await server.shutdown()
            if keeps { narrator.say("Everything is kept in \(directory.path)") }
            return report
        } catch {
            try? await server.shutdown()
            throw error
        }
    }

    private func start() async throws -> RunningServer {
        guard let group = DemoInventory.approvers,
            let person = PersonID(isUnattended ? "unattended-approver" : "you")
        else { throw DemoFailure("The demo's names are no names.") }
        var configuration = ServerConfiguration(
            dataDirectory: directory.authority,
            firstAdministrator: .init(person: person, groups: [group]))
        configuration.agents.listen.port = 0
        configuration.people.listen.port = 0
        configuration.local.port = 0
        configuration.name = isUnattended ? "Countersign demo (unattended)" : "Countersign demo"
        let label = isUnattended ? "countersign.unattended" : "countersign.demo"
        let logger = Logger(label: label) { StandardErrorLog(label: $0, level: .warning) }
        return try await ServerRuntime.start(configuration, logger: logger)
    }

    /// The log names the demo as the author of everything that is there before anybody enrolled.
    private func seed(_ server: RunningServer) async throws {
        let key = SigningKey(generating: .es256)
        try KeyFile.write(key, to: directory.agentKey)
        let changes = try DemoInventory(directory: directory, now: SystemSurroundings.now)
            .changes(publicKey: key.publicKey)
        do {
            try await SeedInstallation(server.authority).run(changes, by: isUnattended ? "demo-unattended" : "demo")
        } catch {
            throw DemoFailure("The demo's inventory was refused: \(error.detail) \(error.context)")
        }
    }

    private func tell(_ server: RunningServer) async throws -> [DemoResult] {
        guard let link = server.enrolmentLink else { throw DemoFailure("There is no enrolment link.") }
        var approver = UnattendedApprover(origin: Text(server.consoleURL))
        if isUnattended {
            try await approver.enrol(link: link.withUnredacted { $0 })
            narrator.say("The software authenticator has enrolled a passkey.")
        } else {
            narrator.invite(link: link.withUnredacted { $0 })
            try await waitForEnrolment(server)
        }
        narrator.say()
        let path = ProcessEnvironment.current["PATH"] ?? "/usr/bin:/bin"
        let agent = DemoAgent(server: server.agentsURL, directory: directory, searchPath: path)
        var results: [DemoResult] = []
        for (index, step) in DemoStep.all.enumerated() {
            narrator.announce(step, number: index + 1, console: server.consoleURL)
            let before = try orders.contents()
            let run: DemoAgent.Run
            if isUnattended, step.kind == .delete {
                let asking = DemoAsking()
                async let running = asking.during { try await agent.run(step, voidOrders: before.void) }
                try await approveOnce(&approver, while: asking)
                run = try await running
            } else {
                run = try await agent.run(step, voidOrders: before.void)
            }
            let result = DemoResult(step: step, run: run, before: before, after: try orders.contents())
            narrator.conclude(result)
            if !result.wasAsExpected { narrator.quote(run.report) }
            results.append(result)
        }
        return results
    }

    private func waitForEnrolment(_ server: RunningServer) async throws {
        let deadline = SystemSurroundings.now.adding(seconds: 900)
        while try await !server.authority.hasAdministrator() {
            guard SystemSurroundings.now < deadline else {
                throw DemoFailure("Nobody enrolled within fifteen minutes.")
            }
            try await Task.sleep(for: .milliseconds(300))
        }
    }

    /// Waits until the request is in the inbox, then approves it. An agent that failed before says itself why.
    private func approveOnce(_ approver: inout UnattendedApprover, while asking: DemoAsking) async throws {
        let deadline = SystemSurroundings.now.adding(seconds: 60)
        while SystemSurroundings.now < deadline, asking.isGoingOn {
            if let request = try await approver.firstPending() {
                try await approver.approve(request)
                return
            }
            try await Task.sleep(for: .milliseconds(100))
        }
        guard !asking.isGoingOn else { throw DemoFailure("The request did not reach the inbox within a minute.") }
    }
}

/// Everything that came of it.
struct DemoReport: Sendable {
    var isUnattended: Bool
    var results: [DemoResult]
    /// What the reconciler found in the record.
    var findings: [Finding]

    var wasAsExpected: Bool {
        results.count == DemoStep.all.count && results.allSatisfy(\.wasAsExpected)
            && !findings.contains { $0.severity == .broken }
    }

    var closing: String {
        guard wasAsExpected else { return "Something did not go as it must: \(findings.map(\.detail))" }
        return "Four requests, one approval, three effects, none of them twice. The record checks."
    }

    var json: JSONValue {
        [
            "unattended": .bool(isUnattended), "as_expected": .bool(wasAsExpected),
            "steps": .array(results.map(\.json)),
            "findings": .array(findings.map(\.json)),
        ]
    }
}
