import ApprovalWorkflow
import CanonicalEncoding
import DomainModel

/// One arrow of the state machine, as the record shows it.
struct EdgeName: Hashable, Comparable, CustomStringConvertible {
    var from: RequestStatus
    var to: RequestStatus
    var reason: EndReason?
    /// Tells two arrows between the same states apart.
    var label = ""

    init(_ from: RequestStatus, _ to: RequestStatus, _ reason: EndReason? = nil, label: String = "") {
        self.from = from
        self.to = to
        self.reason = reason
        self.label = label
    }

    var description: String {
        let why = [reason?.rawValue, label.isEmpty ? nil : label].compactMap(\.self).joined(separator: ", ")
        return "\(from.rawValue) -> \(to.rawValue)" + (why.isEmpty ? "" : " (\(why))")
    }

    static func < (left: EdgeName, right: EdgeName) -> Bool { left.description < right.description }
}

/// Every event, with every reason that it could be given.
enum AllEvents {
    static func list(at now: Timestamp) -> [(event: RequestEvent, label: String)] {
        guard let request = RequestID("req_\(String(repeating: "0", count: 36))"),
            let execution = ExecutionID("exe_\(String(repeating: "0", count: 36))"),
            let grant = GrantID("grt_\(String(repeating: "0", count: 36))"), let audience = AgentID("somebody")
        else { return [] }
        let token = Grant(
            id: grant, txn: "txn", audience: audience, tokenID: "token", tokenExpiresAt: now.adding(seconds: 60))
        var events: [(RequestEvent, String)] = [
            (.quorumReached(votesExpireAt: now.adding(seconds: 60)), ""), (.vetoed, ""), (.voteWithdrawn, ""),
            (.tokenIssued(token), ""), (.tokenLapsed, "lapsed"), (.tokenRevoked, "revoked"), (.claimed(execution), ""),
            (.completedAsAgreed, ""), (.differed, ""), (.superseded(by: request), ""),
        ]
        events += RequestEvent.Canceller.allCases.map { (.cancelled(by: $0), "") }
        for reason in EndReason.allCases {
            events += [
                (.expired(reason), ""), (.becameStale(reason), ""), (.failedWithoutEffect(reason), ""),
                (.lost(reason), ""),
            ]
        }
        return events
    }

    /// Every edge that `Lifecycle` has, tried at times before and after every expiry.
    static var edges: Set<EdgeName> {
        let start = Timestamp(seconds: 1_800_000_000)
        var edges: Set<EdgeName> = []
        for (event, label) in list(at: start) {
            for status in RequestStatus.allCases {
                for delay in [Int64(0), 61, 1000] {
                    var progress = Progress(status: status, expiresAt: start.adding(seconds: 100), updatedAt: start)
                    if status == .granted,
                        case .tokenIssued(let grant)? = list(at: start).first(where: {
                            if case .tokenIssued = $0.event { true } else { false }
                        })?.event
                    {
                        progress.grant = grant
                    }
                    let next = Lifecycle.next(progress, event, at: start.adding(seconds: delay))
                    guard case .success(let after) = next else { continue }
                    edges.insert(EdgeName(status, after.status, after.endReason, label: label))
                }
            }
        }
        return edges
    }
}
