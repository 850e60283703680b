import AuthorityCore
import AuthorityTestKit
import CanonicalEncoding
import DomainModel
import Testing
import WireProtocol

extension EdgeStory {
    /// What people, the agent and administrators can end before the claim.
    static let endings: [EdgeStory] =
        beforeClaim.flatMap { status in
            [
                EdgeStory(EdgeName(status, .denied, .peopleDenied), "somebody else denies") { scenario in
                    let other = try await scenario.add("bob")
                    let standing = try await scenario.reach(status)
                    try await other.decide(.deny, on: standing.id)
                    return standing
                },
                EdgeStory(EdgeName(status, .cancelled, .cancelledByAgent), "the agent cancels") { scenario in
                    let standing = try await scenario.reach(status)
                    _ = try await scenario.agent.cancel(standing.id)
                    return standing
                },
                EdgeStory(EdgeName(status, .cancelled, .superseded), "the agent asks for something else") { scenario in
                    let standing = try await scenario.reach(status)
                    let next = try await scenario.pending(more: ["supersedes": .string(standing.id.text)])
                    #expect(try await scenario.fixture.request(standing.id).progress.supersededBy == next.id)
                    return standing
                },
                EdgeStory(EdgeName(status, .cancelled, .agentDisabled), "the agent is disabled") { scenario in
                    let standing = try await scenario.reach(status)
                    try await scenario.approver.change(.disableAgent(scenario.agent.id))
                    return standing
                },
            ]
        } + [
            EdgeStory(
                EdgeName(.pending, .denied, .voteWithdrawn), "the first of two takes it back",
                policy: Scenario.Rule(quorum: 2).policy
            ) { scenario in
                let standing = try await scenario.approved()
                try await scenario.approver.decide(.deny, on: standing.id)
                return standing
            }
        ]
        + [RequestStatus.approved, .granted].map { status in
            EdgeStory(EdgeName(status, .denied, .voteWithdrawn), "the approver takes it back") { scenario in
                let standing = try await scenario.reach(status)
                try await scenario.approver.decide(.deny, on: standing.id)
                return standing
            }
        }

    /// What time ends: request, votes and window, by the sweeper and by whoever comes too late.
    static let clocks: [EdgeStory] =
        [
            expiry(.pending, .requestExpired, after: 86_400),
            expiry(.approved, .votesExpired, after: 900),
            expiry(.approved, .requestExpired, Scenario.reading, after: 600),
            EdgeStory(EdgeName(.granted, .votesExpired), "in the middle of a token's life") { scenario in
                let standing = try await scenario.approved()
                scenario.clock.advance(seconds: 870)
                let token = try await scenario.agent.token(for: standing.id)
                scenario.clock.advance(seconds: 30)
                try await expectRefused(.tokenExpired) { try await scenario.agent.claim(standing.id, token: token) }
                #expect(try await Sweeper(scenario.authority).run() == 1)
                return standing
            },
            EdgeStory(EdgeName(.granted, .requestExpired), "in the middle of a token's life") { scenario in
                let standing = try await scenario.pending(Scenario.reading)
                scenario.clock.advance(seconds: 570)
                _ = try await scenario.agent.token(for: standing.id)
                scenario.clock.advance(seconds: 30)
                #expect(try await Sweeper(scenario.authority).run() == 1)
                return standing
            },
        ]
        + beforeClaim.map { status in
            EdgeStory(EdgeName(status, .expired, .windowClosed), "the window is over") { scenario in
                let now = scenario.clock.now
                let window: JSONValue = [
                    "from": "\(now.rfc3339)", "until": "\(now.adding(seconds: 30).rfc3339)",
                ]
                let standing = try await scenario.reach(status, more: ["window": window])
                scenario.clock.advance(milliseconds: 29_999)
                #expect(try await Sweeper(scenario.authority).run() == 0)
                scenario.clock.advance(milliseconds: 1)
                #expect(try await Sweeper(scenario.authority).run() == 1)
                return standing
            }
        }

    /// One millisecond before nothing ends; then the sweeper ends it.
    private static func expiry(
        _ status: RequestStatus, _ reason: EndReason, _ action: JSONValue = Scenario.deletion, after seconds: Int64
    ) -> EdgeStory {
        EdgeStory(EdgeName(status, .expired, reason), "\(seconds) seconds pass") { scenario in
            let isAsked = action == Scenario.deletion && status != .pending
            let standing = try await isAsked ? scenario.approved(action) : scenario.pending(action)
            scenario.clock.advance(milliseconds: seconds * 1000 - 1)
            #expect(try await Sweeper(scenario.authority).run() == 0)
            scenario.clock.advance(milliseconds: 1)
            #expect(try await Sweeper(scenario.authority).run() == 1)
            return standing
        }
    }
}

extension EdgeName {
    /// From there to `expired`.
    fileprivate init(_ from: RequestStatus, _ reason: EndReason) { self.init(from, .expired, reason) }
}
