import CanonicalEncoding
import DomainModel

/// How the console words what the domain names.
enum Wording {
    static func tag(_ status: RequestStatus) -> Tag {
        switch status {
        case .pending: Tag("waits for people", .live)
        case .approved: Tag("approved", .good)
        case .granted: Tag("token issued", .good)
        case .executing: Tag("running", .live)
        case .completed: Tag("completed", .good)
        case .failed: Tag("failed", .care)
        case .violated: Tag("violated", .stop)
        case .unknown: Tag("outcome unknown", .stop)
        case .denied: Tag("denied", .stop)
        case .cancelled: Tag("cancelled")
        case .expired: Tag("expired")
        case .stale: Tag("stale", .care)
        }
    }

    static func tag(_ tier: Tier) -> Tag {
        switch tier {
        case .deny: Tag("forbidden", .stop)
        case .auto: Tag("routine")
        case .review: Tag("reviewed afterwards")
        case .approval: Tag("needs people", .care)
        }
    }

    static func tag(_ status: ChangeProposal.Status) -> Tag {
        switch status {
        case .proposed: Tag("waits", .live)
        case .applied: Tag("in force", .good)
        case .rejected: Tag("rejected", .stop)
        case .expired: Tag("expired")
        }
    }

    /// What a status means, in one sentence.
    static func line(_ progress: Progress) -> String {
        let why = progress.endReason.map { " \(sentence($0))" } ?? ""
        switch progress.status {
        case .pending: return "It waits until its groups have decided."
        case .approved: return "It may run: the agent can ask for its one-time token."
        case .granted: return "Its one-time token is out and has not been used."
        case .executing: return "It has been claimed and is running."
        case .completed: return "It ran once, and what was observed agrees with what was expected."
        case .failed: return "It did not take effect.\(why)"
        case .violated: return "What ran differs from what was approved.\(why)"
        case .unknown: return "Nobody reported how it ended. It is never repeated by itself.\(why)"
        case .denied: return "It will not run.\(why)"
        case .cancelled: return "It was withdrawn.\(why)"
        case .expired: return "Its time ran out.\(why)"
        case .stale: return "Something changed since it was asked for, so every approval of it is void.\(why)"
        }
    }

    /// The heading over the consequences.
    static func question(_ status: RequestStatus) -> String {
        switch status {
        case .pending: "What happens if this is approved"
        case .approved, .granted: "What happens when this runs"
        case .executing: "What is happening"
        case .completed, .failed, .violated, .unknown: "What was approved"
        case .denied, .cancelled, .expired, .stale: "What was asked for"
        }
    }

    static func sentence(_ reason: EndReason) -> String {
        sentences[reason] ?? "Reason: \(reason.rawValue)."
    }

    private static let sentences: [EndReason: String] = [
        .policyForbids: "Policy forbids it.",
        .policyHasNoPermit: "No policy permits it.",
        .policyError: "A policy could not be evaluated, and doubt means no.",
        .policyUnsatisfiable: "No approval could satisfy the policy.",
        .peopleDenied: "A person denied it.",
        .voteWithdrawn: "An approval was withdrawn.",
        .cancelledByAgent: "The agent cancelled it.",
        .superseded: "The agent asked for something else in its place.",
        .agentDisabled: "The agent was disabled, or the key or the bearer token that asked is void.",
        .requestExpired: "Nobody decided in time.",
        .votesExpired: "The approvals ran out before it was used.",
        .windowClosed: "Its time window has closed.",
        .preconditionChanged: "A fact about the target that it relied on has changed.",
        .toolChanged: "The tool has changed.",
        .policyChanged: "The policy set has changed.",
        .approverChanged: "An approver is not eligible any more.",
        .factChanged: "A fact that approvers were shown has changed.",
        .taskChanged: "Its task changed or ended.",
        .epochChanged: "The authority was restored from a backup.",
        .deadlineMissed: "It was not reported complete by its deadline.",
        .frozenWhileExecuting: "A freeze stopped it while it ran.",
        .outcomeUnknown: "It was sent to the tool, and nobody knows what came of it.",
        .outcomeDiffers: "What was observed differs from what was expected.",
        .executorReportedFailure: "The executor reported a failure.",
        .hadNoEffect: "The executor reported that nothing changed.",
    ]

    /// The first letters of a digest, enough to compare two screens.
    static func short(_ digest: Digest) -> String { String(digest.wire.prefix(20)) + "…" }

    static func count(_ number: Int, _ one: String, _ many: String) -> String {
        number == 1 ? "1 \(one)" : "\(number) \(many)"
    }

    /// `a, b and c`.
    static func list(_ words: [String]) -> String {
        guard let last = words.last else { return "" }
        return words.count == 1 ? last : "\(words.dropLast().joined(separator: ", ")) and \(last)"
    }
}
