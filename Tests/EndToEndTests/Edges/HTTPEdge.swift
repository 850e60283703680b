import AuthorityTestKit
import CanonicalEncoding
import DomainModel
import Testing

/// How a request comes to walk one edge of the state machine, over HTTP alone.
struct HTTPEdge: CustomTestStringConvertible, Sendable {
    typealias Deed = @Sendable (inout EdgeWalker) async throws -> Void

    let edge: EdgeName
    /// What somebody does, where several things lead over one edge.
    let deed: String
    let walk: Deed

    init(_ edge: EdgeName, _ deed: String, _ walk: @escaping Deed) {
        self.edge = edge
        self.deed = deed
        self.walk = walk
    }

    var testDescription: String { "\(edge): \(deed)" }

    static let beforeClaim: [RequestStatus] = [.pending, .approved, .granted]

    static let all: [HTTPEdge] = forward + execution + endings + withdrawals + clocks + stale + restores

    /// Edges that no story over HTTP walks, with the reason. `EveryEdgeTests` walks those that can be walked, by a clock that
    /// a test moves.
    static let unwalked: [EdgeName: String] = {
        var edges: [EdgeName: String] = [
            EdgeName(.pending, .expired, .votesExpired): "Until a quorum stands, votes lapse one by one.",
            EdgeName(.granted, .expired, .votesExpired):
                "A token ends with the last whole second of the votes: which is seen first is chance.",
            EdgeName(.pending, .stale, .preconditionChanged):
                "Preconditions are read again at token issue and at claim.",
            EdgeName(.pending, .stale, .approverChanged): "While it waits, a vote that lost its voter is not counted.",
        ]
        for status in [RequestStatus.approved, .granted] {
            edges[EdgeName(status, .expired, .requestExpired)] =
                "What policy allows at once may wait for ten minutes, and no installation shortens that."
        }
        for status in [RequestStatus.pending, .approved] {
            edges[EdgeName(status, .stale, .agentDisabled)] =
                "A retired key cannot ask for a token; only an executor can still come with its proof."
        }
        for status in beforeClaim {
            edges[EdgeName(status, .cancelled, .cancelledByAdministrator)] = "No call lets an administrator cancel."
            edges[EdgeName(status, .stale, .factChanged)] =
                "What a fact of the tool says is read again as a precondition."
            edges[EdgeName(status, .stale, .taskChanged)] = "Tasks have no record of their own."
        }
        return edges
    }()
}
