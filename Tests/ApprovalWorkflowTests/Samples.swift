import ApprovalWorkflow
import CanonicalEncoding
import DomainModel
import Testing

/// Swift Testing has a type of that name too.
typealias Expectation = DomainModel.Expectation

/// Values that tests need and whose details do not matter to them.
enum Sample {
    static let now = Timestamp(seconds: 1_800_000_000)
    static let request = RequestID(at: now, random: Array(repeating: 7, count: 16))
    static let execution = ExecutionID(at: now, random: Array(repeating: 8, count: 16))

    static func person(_ name: Text) throws -> PersonID { try #require(PersonID(name)) }
    static func group(_ name: Text) throws -> GroupID { try #require(GroupID(name)) }

    static func grant(txn: Text = "txn-1", tokenExpiresAt: Timestamp = now.adding(seconds: 60)) throws -> Grant {
        Grant(
            id: GrantID(at: now, random: Array(repeating: 9, count: 16)), txn: txn,
            audience: try #require(AgentID("executor")), tokenID: "token-1", tokenExpiresAt: tokenExpiresAt)
    }

    /// In that state for real: with a grant and an execution where the state has them.
    static func progress(_ status: RequestStatus, expiresAt: Timestamp = now.adding(seconds: 600)) throws -> Progress {
        var progress = Progress(status: status, revision: 4, expiresAt: expiresAt, updatedAt: now)
        switch status {
        case .granted: progress.grant = try grant()
        case .executing, .completed, .failed, .violated, .unknown:
            progress.grant = try grant()
            progress.execution = execution
        default: break
        }
        return progress
    }

    static func requirement(
        _ groups: [(Text, Int64)], assurance: Int64 = 1, ownerMayApprove: Bool = false
    ) throws -> ApprovalRequirement {
        ApprovalRequirement(
            groups: try groups.map { ApprovalRequirement.Group(name: try group($0.0), quorum: $0.1) },
            voteSeconds: 900, assurance: assurance, criteria: [], waitSeconds: 3600, ownerMayApprove: ownerMayApprove)
    }
}

/// Small, fast and the same on every machine.
struct SplitMix: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}
