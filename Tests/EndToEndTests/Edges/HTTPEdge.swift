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
            EdgeName(.executing, .unknown, .outcomeUnknown):
                "Only the gateway says this, of a tool server that it lost: AuthorityCoreTests and the gateway's own walk it.",
            EdgeName(.granted, .expired, .votesExpired):
                "A token ends with the last whole second of the votes: which is seen first is chance.",
        ]
        for status in [RequestStatus.approved, .granted] {
            edges[EdgeName(status, .expired, .requestExpired)] =
                "What policy allows at once may wait for ten minutes, and no installation shortens that."
        }
        return edges
    }()
}
