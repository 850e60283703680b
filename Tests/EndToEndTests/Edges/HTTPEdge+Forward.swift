import APIClient
import AuthorityTestKit
import CanonicalEncoding
import DomainModel
import Testing
import WireProtocol

extension HTTPEdge {
    /// The way from the question to the claim.
    static let forward: [HTTPEdge] = [
        HTTPEdge(EdgeName(.pending, .approved), "the quorum is reached") { try await $0.reach(.approved) },
        HTTPEdge(EdgeName(.approved, .granted), "a token is issued") { try await $0.reach(.granted) },
        HTTPEdge(EdgeName(.granted, .executing), "it is claimed") { try await $0.reach(.executing) },
        HTTPEdge(EdgeName(.granted, .approved, label: "revoked"), "the agent gives its token up") { walker in
            try await walker.reach(.granted)
            try await walker.track.client.revoke(walker.claim?.token ?? "")
            // The token is spent, and another one is to be had.
            let isSpent = try await walker.isRefused(.tokenInvalid) { try await $0.claimOnce() }
            #expect(isSpent)
        },
        HTTPEdge(EdgeName(.granted, .approved, label: "lapsed"), "nobody claims for a minute") { walker in
            try await walker.reach(.granted)
            try await walker.becomes(.approved, within: 120)
            let isOver = try await walker.isRefused(.tokenExpired) { try await $0.claimOnce() }
            #expect(isOver)
        },
    ]

    /// What comes of an execution.
    static let execution: [HTTPEdge] = [
        HTTPEdge(EdgeName(.executing, .completed), "every expectation holds") { walker in
            try await walker.reach(.executing, expecting())
            try await walker.complete(observed: ["rows": 1842])
        },
        HTTPEdge(EdgeName(.executing, .failed, .executorReportedFailure), "it failed") { walker in
            try await walker.reach(.executing)
            try await walker.complete(.failed, observed: ["exit_status": 1])
        },
        HTTPEdge(EdgeName(.executing, .failed, .hadNoEffect), "nothing happened") { walker in
            try await walker.reach(.executing)
            try await walker.complete(.noEffect)
        },
        HTTPEdge(EdgeName(.executing, .violated, .outcomeDiffers), "one row too many") { walker in
            try await walker.reach(.executing, expecting())
            try await walker.complete(observed: ["rows": 1843])
        },
        HTTPEdge(EdgeName(.executing, .violated, .outcomeDiffers), "what was expected was not observed") { walker in
            try await walker.reach(.executing, expecting())
            try await walker.complete(observed: ["exit_status": 0])
        },
        HTTPEdge(EdgeName(.executing, .unknown, .deadlineMissed), "nobody says what happened") { walker in
            try await walker.reach(.executing, deletion(["deadline_seconds": 1]))
            try await walker.becomes(.unknown)
        },
        frozenWhileExecuting("everything is frozen") { .everything },
        frozenWhileExecuting("its agent is frozen") { .agent(try Scenario.name("orders-agent")) },
        frozenWhileExecuting("its tool is frozen") { .tool(Scenario.tool.reference.qualifiedName) },
    ]

    /// The action that people decide about, with more members.
    static func deletion(_ more: JSONObject) -> JSONValue {
        var action = Scenario.deletion.objectValue ?? [:]
        for member in more.members { action[member.name] = member.value }
        return .object(action)
    }

    private static func expecting() -> JSONValue { deletion(["expect": ["rows": ["at_most": "1842"]]]) }

    private static func frozenWhileExecuting(
        _ deed: String, _ scope: @escaping @Sendable () throws -> Freeze.Scope
    ) -> HTTPEdge {
        HTTPEdge(EdgeName(.executing, .unknown, .frozenWhileExecuting), deed) { walker in
            try await walker.reach(.executing)
            try await walker.track.ana.apply(.freeze(try scope(), reason: "stop"))
        }
    }
}

extension EdgeWalker {
    /// Whether the step is refused with that code.
    mutating func isRefused(
        _ code: ProblemCode, _ step: @Sendable (inout EdgeWalker) async throws -> Void
    ) async throws -> Bool {
        do {
            try await step(&self)
            return false
        } catch let error as ClientError {
            return error.code == code
        }
    }
}
