import ApprovalWorkflow
package import CanonicalEncoding
package import DomainModel

/// One arrow of the state machine, as the record shows it.
package struct EdgeName: Hashable, Comparable, CustomStringConvertible {
    package var from: RequestStatus
    package var to: RequestStatus
    package var reason: EndReason?
    /// Tells two arrows between the same states apart.
    package var label = ""

    package init(_ from: RequestStatus, _ to: RequestStatus, _ reason: EndReason? = nil, label: String = "") {
        self.from = from
        self.to = to
        self.reason = reason
        self.label = label
    }

    package var description: String {
        let why = [reason?.rawValue, label.isEmpty ? nil : label].compactMap(\.self).joined(separator: ", ")
        return "\(from.rawValue) -> \(to.rawValue)" + (why.isEmpty ? "" : " (\(why))")
    }

    package static func < (left: EdgeName, right: EdgeName) -> Bool { left.description < right.description }

    /// The last arrow that a request walked, by its log entries, oldest first; nil where it walked none.
    package init?(lastOf entries: [JSONValue]) {
        let states = entries.compactMap { $0["body"]?["status"]?.stringValue.flatMap(RequestStatus.init) }
        guard states.count >= 2, states.count == entries.count, let body = entries.last?["body"] else { return nil }
        let isLapse = states.suffix(2) == [.granted, .approved]
        self.init(
            states[states.count - 2], states[states.count - 1],
            body["reason"]?.stringValue.flatMap(EndReason.init),
            label: isLapse ? body["cause"]?.stringValue ?? "lapsed" : "")
    }
}

/// Every event, with every reason that it could be given.
package enum AllEvents {
    private static func list(at now: Timestamp) -> [(event: RequestEvent, label: String)] {
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
    package static var edges: Set<EdgeName> {
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
