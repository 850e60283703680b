import AuthorityPorts
import CanonicalEncoding
import DomainModel

extension StoreConformanceSuite {
    /// Twelve requests, one of each status, every third of another agent; number 1 is the oldest.
    private static func fill(_ store: any Store) async throws -> [ApprovalRequest] {
        var requests: [ApprovalRequest] = []
        for (index, status) in RequestStatus.allCases.enumerated() {
            var request = try Sample.granted(index + 1, agent: index % 3 == 0 ? "other" : "deployer")
            request.progress.status = status
            if status == .executing { request.progress.execution = Sample.id(index + 1) }
            requests.append(request)
        }
        let all = requests
        try await store.write("test") { transaction in
            for request in all { try transaction.insert(request, idempotency: nil) }
        }
        return all
    }

    static let listRules: [Rule] = [
        Rule("a list shows the newest first, and its filters all hold") { subject in
            let store = subject.store
            let newest = Array(try await fill(store).reversed())
            let agent: AgentID = try Sample.name("deployer")
            let statusSets: [Set<RequestStatus>?] =
                RequestStatus.allCases.map { [$0] } + [
                    nil, [], [.pending, .denied, .stale], Set(RequestStatus.allCases),
                ]
            for statuses in statusSets {
                for filter in [
                    RequestFilter(statuses: statuses), RequestFilter(statuses: statuses, agent: agent),
                    RequestFilter(statuses: statuses, before: newest[3].id, limit: 2),
                    RequestFilter(statuses: statuses, agent: agent, before: newest[3].id, limit: 2),
                ] {
                    let wanted = newest.filter { request in
                        (filter.statuses?.contains(request.progress.status) ?? true)
                            && (filter.agent.map { $0 == request.submission.agent } ?? true)
                            && (filter.before.map { request.id.text < $0.text } ?? true)
                    }.prefix(filter.limit)
                    let found = try await store.read { try $0.requests(filter) }
                    try expectEqual(found.map(\.id), wanted.map(\.id), "the list of \(filter)")
                }
            }
        },
        Rule("what waits for people comes with the earliest end first, and is counted for each agent") { subject in
            let all = try await fill(subject.store)
            let pending = all.filter { $0.progress.status == .pending }
                .sorted { ($0.progress.expiresAt, $0.id.text) < ($1.progress.expiresAt, $1.id.text) }
            try expectEqual(try await subject.store.read { try $0.pendingRequests() }, pending.map(\.id), "the waiting")
            for agent in Set(all.map(\.submission.agent)) {
                let count = try await subject.store.read { try $0.pendingCount(of: agent) }
                try expectEqual(count, Int64(pending.count { $0.submission.agent == agent }), "those of \(agent)")
            }
        },
        Rule("pages backwards show each request once") { subject in
            let all = try await fill(subject.store)
            var found: [RequestID] = []
            while true {
                let filter = RequestFilter(before: found.last, limit: 5)
                let page = try await subject.store.read { try $0.requests(filter) }
                if page.isEmpty { break }
                found += page.map(\.id)
            }
            try expectEqual(found, all.reversed().map(\.id), "the pages")
        },
        Rule("due are those before a claim whose time or token is over, at the millisecond, the oldest first") {
            subject in
            let store = subject.store
            _ = try await fill(store)
            // Pending is number 1 until 1,001, approved number 2 until 1,002, granted number 3 by its token until 63.
            for (now, wanted) in [(62, []), (63, [3]), (1000, [3]), (1001, [3, 1]), (9999, [3, 1, 2])] {
                let due = try await store.read { try $0.requestsDue(at: Sample.time(now), limit: 10) }
                try expectEqual(due, wanted.map { Sample.id($0) }, "due at \(now)")
                let just = try await store.read {
                    try $0.requestsDue(at: Sample.time(63).adding(milliseconds: -1), limit: 10)
                }
                try expect(just.isEmpty, "due a millisecond early")
            }
            let limited = try await store.read { try $0.requestsDue(at: Sample.time(9999), limit: 1) }
            try expectEqual(limited, [Sample.id(3)], "the limit")
        },
        Rule("requests of earlier epochs are those that are open and older than the store's") { subject in
            let store = subject.store
            let epoch = store.epoch
            let (old, new) = (try Sample.request(1, epoch: epoch - 1), try Sample.request(2, epoch: epoch))
            var ended = try Sample.request(3, epoch: epoch - 1)
            ended.progress.status = .denied
            let denied = ended
            try await store.write("test") { transaction in
                for request in [old, new, denied] { try transaction.insert(request, idempotency: nil) }
            }
            let found = try await store.read { try $0.requestsOfEarlierEpochs(limit: 10) }
            try expectEqual(found, [old.id], "the requests")
        },
        Rule("the overview counts by status, tier and day, and how long people took") { subject in
            let store = subject.store
            var decided = try Sample.request(200_000)
            decided.progress.status = .approved
            let (auto, approved) = (try Sample.request(100, tier: .auto), decided)
            let vote = try Sample.vote(200_090, on: approved.id, by: "ann")
            let early = try Sample.vote(200_010, on: approved.id, by: "bob")
            let old = try Sample.request(1)
            try await store.write("test") { transaction in
                for request in [old, auto, approved] { try transaction.insert(request, idempotency: nil) }
                for vote in [vote, early] { try transaction.insert(vote) }
            }
            let statistics = try await store.read { try $0.statistics(since: Sample.time(50)) }
            let day: Int64 = 86_400
            let starts = [100, 200_000].map { Timestamp(seconds: Sample.time($0).seconds / day * day) }
            try expectEqual(
                statistics,
                RequestStatistics(
                    byStatus: [.pending: 1, .approved: 1], byTier: [.auto: 1, .approval: 1],
                    decisionMilliseconds: [90_000],
                    days: [
                        .init(start: starts[0], byTier: [.auto: 1]), .init(start: starts[1], byTier: [.approval: 1]),
                    ], asked: [.init(tool: "orders-db___execute_sql", resource: "prod/orders", approved: 1)]),
                "the figures")
        },
        Rule("what people approved counts as approved, although it went stale or lapsed afterwards") { subject in
            let store = subject.store
            var requests: [ApprovalRequest] = []
            let ends: [(status: RequestStatus, reason: EndReason?, wasApproved: Bool)] = [
                (.pending, nil, false), (.approved, nil, true), (.granted, nil, true), (.completed, nil, true),
                (.stale, .policyChanged, true), (.stale, .policyChanged, false), (.expired, .votesExpired, true),
                (.expired, .requestExpired, false), (.cancelled, .cancelledByAgent, true),
                (.denied, .peopleDenied, true), (.denied, .peopleDenied, false), (.denied, .voteWithdrawn, true),
            ]
            for (index, end) in ends.enumerated() {
                var request = end.status == .granted ? try Sample.granted(100 + index) : try Sample.request(100 + index)
                request.progress.status = end.status
                request.progress.endReason = end.reason
                requests.append(request)
            }
            // Neither of these was asked of people in that time.
            let others = [
                try Sample.request(1), try Sample.request(300, tier: .auto), try Sample.request(301, tier: .deny),
            ]
            let all = requests + others + [try Sample.elsewhere(400)]
            let approved = zip(requests, ends).filter(\.1.wasApproved).map(\.0)
            try await store.write("test") { transaction in
                for request in all {
                    try transaction.insert(request, idempotency: nil)
                    // An entry about the request that is not the one that counts.
                    _ = try transaction.append(Sample.entry("request.opened", about: request))
                }
                for request in approved { _ = try transaction.append(Sample.entry("request.approved", about: request)) }
            }
            let statistics = try await store.read { try $0.statistics(since: Sample.time(50)) }
            try expectEqual(
                statistics.asked,
                [
                    .init(
                        tool: "orders-db___execute_sql", resource: "prod/orders", approved: 6, denied: 3, undecided: 3),
                    .init(tool: "orders-db___execute_sql", resource: "prod/\u{0}billing", undecided: 1),
                ], "what people were asked for")
        },
    ]
}

extension Sample {
    /// About another resource than all the others; its name hurts.
    fileprivate static func elsewhere(_ number: Int) throws -> ApprovalRequest {
        let usual = try request(number)
        var action = usual.submission.action
        action.resource = ResourceReference(type: "Database", id: "prod/\u{0}billing")
        let submission = Submission(
            agent: usual.submission.agent, keyThumbprint: usual.submission.keyThumbprint, proof: .dpop, action: action,
            context: usual.submission.context, epoch: usual.submission.epoch, createdAt: usual.submission.createdAt)
        return ApprovalRequest(
            id: usual.id, submission: submission, assessment: usual.assessment, progress: usual.progress)
    }
}
