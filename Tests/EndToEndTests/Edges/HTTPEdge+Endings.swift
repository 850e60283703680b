import APIClient
import AuthorityTestKit
import CanonicalEncoding
import DomainModel
import Testing
import WireProtocol

extension HTTPEdge {
    /// What people, the agent and administrators can end before the claim.
    static let endings: [HTTPEdge] = beforeClaim.flatMap { status in
        [
            HTTPEdge(EdgeName(status, .denied, .peopleDenied), "somebody else denies") { walker in
                try await walker.reach(status)
                try await walker.track.ben.vote(.deny, on: walker.id)
            },
            HTTPEdge(EdgeName(status, .cancelled, .cancelledByAgent), "the agent cancels") { walker in
                try await walker.reach(status)
                _ = try await walker.track.client.cancel(walker.id)
            },
            HTTPEdge(EdgeName(status, .cancelled, .superseded), "the agent asks for something else") { walker in
                try await walker.reach(status)
                let id = try walker.id
                let next = try await walker.opened(Scenario.deletion, more: ["supersedes": .string(id.text)])
                let ended = try await walker.track.client.read(id)
                #expect(ended.json["superseded_by"]?.textValue == next.id.text)
            },
            HTTPEdge(EdgeName(status, .cancelled, .agentDisabled), "the agent is disabled") { walker in
                try await walker.reach(status)
                try await walker.track.ana.apply(.disableAgent(walker.track.client.identity.agent))
            },
        ]
    }

    /// An approver takes their vote back.
    static let withdrawals: [HTTPEdge] =
        [
            HTTPEdge(EdgeName(.pending, .denied, .voteWithdrawn), "the first of two takes it back") { walker in
                try await walker.load(Scenario.Rule(quorum: 2))
                try await walker.reach(.approved)
                try await walker.track.ana.vote(.deny, on: walker.id)
            }
        ]
        + [RequestStatus.approved, .granted].map { status in
            HTTPEdge(EdgeName(status, .denied, .voteWithdrawn), "the approver takes it back") { walker in
                try await walker.reach(status)
                try await walker.track.ana.vote(.deny, on: walker.id)
            }
        }

    /// What time ends, with a server whose clock is everybody's.
    static let clocks: [HTTPEdge] =
        [
            HTTPEdge(EdgeName(.pending, .expired, .requestExpired), "nobody votes for a second") { walker in
                try await walker.load(Scenario.Rule(expires: "1s"))
                try await walker.reach(.pending)
                try await walker.becomes(.expired)
            },
            HTTPEdge(EdgeName(.approved, .expired, .votesExpired), "nobody asks for a token for a second") { walker in
                try await walker.load(Scenario.Rule(ttl: "1s"))
                try await walker.reach(.approved)
                try await walker.becomes(.expired)
            },
        ]
        + beforeClaim.map { status in
            HTTPEdge(EdgeName(status, .expired, .windowClosed), "the window is over") { walker in
                // To the second: a token ends with a whole one, and may not lapse before.
                try await walker.reach(status, more: ["window": .window(from: -1, until: 5)])
                try await walker.becomes(.expired)
            }
        }
}

extension EdgeWalker {
    mutating func load(_ rule: Scenario.Rule) async throws {
        try await track.ana.apply(.loadPolicy(source: rule.policy))
    }
}

extension JSONValue {
    /// A window, in whole seconds from now.
    static func window(from: Int64, until: Int64) -> JSONValue {
        let now = Timestamp(seconds: Installation.now().seconds)
        return ["from": "\(now.adding(seconds: from).rfc3339)", "until": "\(now.adding(seconds: until).rfc3339)"]
    }
}
