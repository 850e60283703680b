import AuthorityCore
import AuthorityTestKit
import CanonicalEncoding
import DomainModel
import Testing
import WireProtocol

@Suite struct CompletionTests {
    @Test func `a late completion is kept as evidence once, opens a review and changes nothing`() async throws {
        try await AuthorityFixture.withScenario { scenario in
            let standing = try await scenario.executing()
            let execution = try #require(standing.execution)
            scenario.clock.advance(seconds: 601)
            try await Sweeper(scenario.authority).run()
            let before = try await scenario.fixture.request(standing.id)
            #expect(before.progress.status == .unknown)
            try await expectRefused(.executionEnded) { try await scenario.agent.complete(execution, outcome: "failed") }
            try await expectRefused(.executionEnded) { try await scenario.agent.complete(execution) }
            #expect(try await scenario.fixture.request(standing.id) == before)
            let kept = try await scenario.fixture.execution(execution)
            #expect(kept.status == .unknown && kept.completion == nil && kept.lateCompletion?.outcome == .failed)
            #expect(
                Set(try await scenario.fixture.reviewCauses(of: standing.id)) == [.unknown, .lateCompletion])
        }
    }

    @Test func `a completion that finds the deadline passed has its own log entry`() async throws {
        try await AuthorityFixture.withScenario { scenario in
            let execution = try #require(try await scenario.executing().execution)
            scenario.clock.advance(seconds: 601)
            try await expectRefused(.deadlinePassed) { try await scenario.agent.complete(execution, outcome: "failed") }
            let late = try await scenario.fixture.entries(of: "execution.late_completion")
            #expect(late.map { $0["subject"]?.textValue } == [execution.text])
            #expect(late.first?["body"]?["outcome"] == "failed")
        }
    }

    @Test func `after a freeze a completion is evidence and the request stays unknown`() async throws {
        try await AuthorityFixture.withScenario { scenario in
            let standing = try await scenario.executing()
            try await scenario.approver.change(.freeze(.everything, reason: "stop"))
            try await expectRefused(.executionEnded) {
                try await scenario.agent.complete(try #require(standing.execution))
            }
            #expect(try await scenario.fixture.request(standing.id).progress.status == .unknown)
        }
    }

    @Test func `a freeze of something else leaves an execution alone`() async throws {
        try await AuthorityFixture.withScenario { scenario in
            let standing = try await scenario.executing()
            try await scenario.approver.change(.freeze(.tool("orders-db___other"), reason: "stop"))
            try await scenario.agent.complete(try #require(standing.execution))
            #expect(try await scenario.fixture.request(standing.id).progress.status == .completed)
        }
    }

    @Test func `only the executor completes, and the same words twice are answered alike`() async throws {
        try await AuthorityFixture.withScenario { scenario in
            let other = try await scenario.addAgent("other")
            let standing = try await scenario.executing()
            let execution = try #require(standing.execution)
            try await expectRefused(.notFound) { try await other.complete(execution) }
            let first = try await scenario.agent.complete(execution, observed: ["rows": 1])
            #expect(try await scenario.agent.complete(execution, observed: ["rows": 1]) == first)
            try await expectRefused(.executionEnded) {
                try await scenario.agent.complete(execution, observed: ["rows": 2])
            }
            #expect(try await scenario.fixture.execution(execution).completion?.observer == .agent)
        }
    }

    @Test func `a violation and an execution without effect are looked at`() async throws {
        try await AuthorityFixture.withScenario { scenario in
            for (outcome, cause) in [("no_effect" as Text, Review.Cause.noEffect), ("succeeded", .violated)] {
                var action = Scenario.deletion.objectValue ?? [:]
                action["expect"] = ["rows": ["equals": "1"]]
                let standing = try await scenario.executing(.object(action))
                try await scenario.agent.complete(try #require(standing.execution), outcome: outcome)
                #expect(try await scenario.fixture.reviewCauses(of: standing.id) == [cause])
            }
        }
    }

    @Test func `observations as long as they may be can be recorded`() async throws {
        try await AuthorityFixture.withScenario { scenario in
            let standing = try await scenario.executing()
            let execution = try #require(standing.execution)
            func observed(_ filler: String) -> JSONObject {
                var object = JSONObject()
                for index in 0..<32 { object["o\(index)"] = .string(Text(String(repeating: filler, count: 1024))) }
                return object
            }
            // Six bytes each in the log, whose entries are bounded: refused, so that the executor can say less.
            try await expectRefused(.invalidValue) {
                try await scenario.agent.complete(execution, observed: observed("\u{1}"))
            }
            try await scenario.agent.complete(execution, observed: observed("x"))
            #expect(try await scenario.fixture.request(standing.id).progress.status == .completed)
        }
    }

    @Test func `what ended can be asked for again, once`() async throws {
        try await AuthorityFixture.withScenario { scenario in
            let standing = try await scenario.approved()
            try await scenario.approver.change(.disableTool(server: "orders-db", name: "execute"))
            #expect(try await scenario.nextStep(standing)?.code == .stale)
            try await scenario.approver.change(.registerTool(Scenario.tool))
            let next = try await scenario.pending(more: ["supersedes": .string(standing.id.text)])
            let old = try await scenario.fixture.request(standing.id)
            #expect(old.progress.supersededBy == next.id && old.progress.status == .stale)
            // Votes on the old one are not votes on the new one.
            #expect(try await scenario.fixture.votes(on: next.id).isEmpty)
            try await expectRefused(.supersedesUnknown) {
                try await scenario.pending(more: ["supersedes": .string(standing.id.text)])
            }
            let running = try await scenario.executing()
            try await expectRefused(.supersedesUnknown) {
                try await scenario.pending(more: ["supersedes": .string(running.id.text)])
            }
            let other = try await scenario.addAgent("other")
            try await expectRefused(.supersedesUnknown) {
                try await other.open(Scenario.deletion, more: ["supersedes": .string(next.id.text)])
            }
        }
    }

    @Test func `disabling an agent cancels all it has open and refuses it from then on`() async throws {
        try await AuthorityFixture.withScenario { scenario in
            var open: [Standing] = []
            for status in EdgeStory.beforeClaim { open.append(try await scenario.reach(status)) }
            let running = try await scenario.executing()
            try await scenario.approver.change(.disableAgent(scenario.agent.id))
            for standing in open {
                #expect(try await scenario.fixture.request(standing.id).progress.endReason == .agentDisabled)
            }
            #expect(try await scenario.fixture.request(running.id).progress.status == .executing)
            try await expectRefused(.invalidClient) { try await scenario.agent.freshToken() }
        }
    }
}
