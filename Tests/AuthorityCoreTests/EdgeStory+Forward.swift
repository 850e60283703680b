import AuthorityCore
import AuthorityTestKit
import CanonicalEncoding
import DomainModel
import Testing
import WireProtocol

extension EdgeStory {
    /// The way from the question to the claim.
    static let forward: [EdgeStory] = [
        EdgeStory(EdgeName(.pending, .approved), "the quorum is reached") { try await $0.approved() },
        EdgeStory(EdgeName(.approved, .granted), "a token is issued") { try await $0.granted() },
        EdgeStory(EdgeName(.granted, .executing), "it is claimed") { try await $0.executing() },
        EdgeStory(EdgeName(.granted, .approved, label: "lapsed"), "the sweeper finds the token's time over") {
            scenario in
            let standing = try await scenario.granted()
            scenario.clock.advance(seconds: 61)
            #expect(try await Sweeper(scenario.authority).run() == 1)
            return standing
        },
        EdgeStory(EdgeName(.granted, .approved, label: "lapsed"), "the agent asks for another one") { scenario in
            let standing = try await scenario.granted()
            scenario.clock.advance(seconds: 61)
            try await expectRefused(.requestNotApproved) { try await scenario.agent.token(for: standing.id) }
            return standing
        },
        EdgeStory(EdgeName(.granted, .approved, label: "revoked"), "the agent gives its token up") { scenario in
            let standing = try await scenario.granted()
            try await scenario.agent.revoke(standing.token ?? "")
            return standing
        },
    ]

    /// What comes of an execution.
    static let execution: [EdgeStory] = [
        EdgeStory(EdgeName(.executing, .completed), "it agrees") { try await completed($0, observed: [:]) },
        EdgeStory(EdgeName(.executing, .completed), "every expectation holds") { scenario in
            try await completed(scenario, expect: ["rows": ["at_most": "1842"]], observed: ["rows": 1842])
        },
        EdgeStory(EdgeName(.executing, .failed, .executorReportedFailure), "it failed") { scenario in
            try await completed(scenario, outcome: "failed", observed: ["exit_status": 1])
        },
        EdgeStory(EdgeName(.executing, .failed, .hadNoEffect), "nothing happened") { scenario in
            try await completed(scenario, outcome: "no_effect", observed: [:])
        },
        EdgeStory(EdgeName(.executing, .violated, .outcomeDiffers), "one row too many") { scenario in
            try await completed(scenario, expect: ["rows": ["at_most": "1842"]], observed: ["rows": 1843])
        },
        EdgeStory(EdgeName(.executing, .violated, .outcomeDiffers), "what was expected was not observed") { scenario in
            try await completed(scenario, expect: ["rows": ["at_most": "1842"]], observed: ["exit_status": 0])
        },
        EdgeStory(EdgeName(.executing, .unknown, .deadlineMissed), "the sweeper finds the deadline missed") {
            scenario in
            let standing = try await scenario.executing()
            scenario.clock.advance(seconds: 600)
            #expect(try await Sweeper(scenario.authority).run() == 1)
            return standing
        },
        EdgeStory(EdgeName(.executing, .unknown, .deadlineMissed), "the completion comes too late") { scenario in
            let standing = try await scenario.executing()
            scenario.clock.advance(milliseconds: 600_001)
            try await expectRefused(.deadlinePassed) { try await complete(standing, scenario) }
            return standing
        },
        EdgeStory(EdgeName(.executing, .unknown, .frozenWhileExecuting), "everything is frozen") { scenario in
            let standing = try await scenario.executing()
            try await scenario.approver.change(.freeze(.everything, reason: "stop"))
            return standing
        },
        EdgeStory(EdgeName(.executing, .unknown, .frozenWhileExecuting), "its agent is frozen") { scenario in
            let standing = try await scenario.executing()
            try await scenario.approver.change(.freeze(.agent(scenario.agent.id), reason: "stop"))
            return standing
        },
        EdgeStory(EdgeName(.executing, .unknown, .frozenWhileExecuting), "its tool is frozen") { scenario in
            let standing = try await scenario.executing()
            try await scenario.approver.change(.freeze(.tool("orders-db___execute"), reason: "stop"))
            return standing
        },
    ]

    private static func completed(
        _ scenario: Scenario, outcome: Text = "succeeded", expect: JSONValue? = nil, observed: JSONObject
    ) async throws -> Standing {
        var action = Scenario.deletion.objectValue ?? [:]
        action["expect"] = expect
        let standing = try await scenario.executing(.object(action))
        try await complete(standing, scenario, outcome: outcome, observed: observed)
        return standing
    }

    private static func complete(
        _ standing: Standing, _ scenario: Scenario, outcome: Text = "succeeded", observed: JSONObject = [:]
    ) async throws {
        let execution = try #require(standing.execution)
        try await scenario.agent.complete(execution, outcome: outcome, observed: observed)
    }
}
