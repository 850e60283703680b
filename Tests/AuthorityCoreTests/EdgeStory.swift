import AuthorityCore
import AuthorityTestKit
import CanonicalEncoding
import DomainModel
import Testing
import WireProtocol

/// How a request comes to walk one edge, through the use cases alone.
struct EdgeStory: CustomTestStringConvertible {
    let edge: EdgeName
    /// What somebody does, where several things lead over one edge.
    let deed: String
    let policy: Text
    let tell: @Sendable (Scenario) async throws -> Standing

    init(
        _ edge: EdgeName, _ deed: String, policy: Text = Scenario.policy,
        _ tell: @escaping @Sendable (Scenario) async throws -> Standing
    ) {
        self.edge = edge
        self.deed = deed
        self.policy = policy
        self.tell = tell
    }

    var testDescription: String { "\(edge): \(deed)" }

    static let beforeClaim: [RequestStatus] = [.pending, .approved, .granted]

    static let all: [EdgeStory] = forward + execution + endings + clocks + stale + staleVotes + retiredKeys + restores
}

/// Refused with that code, which is returned whole.
@discardableResult
func expectRefused<Value>(
    _ code: ProblemCode, sourceLocation: SourceLocation = #_sourceLocation, _ body: () async throws -> Value
) async throws -> AuthorityError? {
    let error = try await refusal(body)
    #expect(error?.code == code, "\(error?.detail ?? "it was allowed")", sourceLocation: sourceLocation)
    return error
}
