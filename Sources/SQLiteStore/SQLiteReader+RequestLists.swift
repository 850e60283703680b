import AuthorityPorts
import CanonicalEncoding
import DomainModel

/// Lists and figures. Each finds its rows through an index, or stops after the newest that fit.
extension SQLiteReader {
    /// Newest first. A handle begins with its time, so the order of ids is the order of creation.
    func requests(_ filter: RequestFilter) throws -> [ApprovalRequest] {
        let ids = try requestIDs(filter)
        var list: [ApprovalRequest] = []
        for id in ids {
            do throws(StoreError) {
                if let request = try storedRequest(id) { list.append(request) }
            } catch .damaged {
                // One damaged row must not hide the others. Whoever asks for it by its handle hears of it.
                continue
            }
        }
        return list
    }

    func pendingRequests() throws -> [RequestID] {
        try connection.all(
            "SELECT r.id FROM requests r WHERE r.status = 'pending' ORDER BY r.expires_at, r.id"
        ) { row throws(StoreError) in try row.id() }
    }

    func pendingCount(of agent: AgentID) throws -> Int64 {
        try connection.first(
            "SELECT count(*) FROM requests r WHERE r.status = 'pending' AND r.agent = ?", [.name(agent)]
        ) { row throws(StoreError) in try row.integer() } ?? 0
    }

    private func requestIDs(_ filter: RequestFilter) throws(StoreError) -> [RequestID] {
        if let statuses = filter.statuses, filter.agent == nil, !statuses.contains(.completed) {
            return try idsByStatus(statuses, filter)
        }
        var sql = "SELECT id FROM requests WHERE 1"
        var values: [SQLValue] = []
        if let agent = filter.agent {
            sql += " AND agent = ?"
            values.append(.name(agent))
        }
        if let statuses = filter.statuses {
            // Words of a closed set of ours: nothing from outside stands in the statement.
            sql += " AND status IN (\(Self.list(statuses)))"
        }
        if let before = filter.before {
            sql += " AND id < ?"
            values.append(.id(before))
        }
        values.append(.count(filter.limit))
        return try connection.all("\(sql) ORDER BY id DESC LIMIT ?", values) { row throws(StoreError) in try row.id() }
    }

    /// What is open is sorted whole, because it is little; each way of ending has its newest read off its index.
    private func idsByStatus(
        _ statuses: Set<RequestStatus>, _ filter: RequestFilter
    ) throws(StoreError) -> [RequestID] {
        var selects: [String] = []
        var values: [SQLValue] = []
        let paging = filter.before == nil ? "" : " AND r.id < ?"
        let open = statuses.filter { !$0.isTerminal }
        if !open.isEmpty {
            selects.append(
                """
                SELECT r.id FROM requests r INDEXED BY requests_open
                WHERE \(Self.isOpen) AND r.status IN (\(Self.list(open)))\(paging)
                """)
            if let before = filter.before { values.append(.id(before)) }
        }
        for status in statuses.subtracting(open).sorted(by: { $0.rawValue < $1.rawValue }) {
            selects.append(
                """
                SELECT id FROM (SELECT r.id FROM requests r INDEXED BY requests_ended
                WHERE \(Self.isEnded) AND r.status = '\(status.rawValue)'\(paging) ORDER BY r.id DESC LIMIT ?)
                """)
            if let before = filter.before { values.append(.id(before)) }
            values.append(.count(filter.limit))
        }
        guard !selects.isEmpty else { return [] }
        values.append(.count(filter.limit))
        return try connection.all(
            "SELECT id FROM (\(selects.joined(separator: " UNION ALL "))) ORDER BY id DESC LIMIT ?", values
        ) { row throws(StoreError) in try row.id() }
    }

    private static func list(_ statuses: Set<RequestStatus>) -> String {
        statuses.map { "'\($0.rawValue)'" }.sorted().joined(separator: ", ")
    }

    func statistics(since: Timestamp) throws -> RequestStatistics {
        // The lowest id that a request of that time can have; an hour of grace, because ids and columns are made apart.
        let lowest = RequestID(at: since.adding(seconds: -3600), random: [UInt8](repeating: 0, count: 16))
        let values: [SQLValue] = [.id(lowest), .time(since)]
        var statistics = RequestStatistics(byStatus: [:], byTier: [:], decisionMilliseconds: [], days: [])
        var days: [Int64: [Tier: Int]] = [:]
        let counts = try connection.all(
            """
            SELECT status, tier, created_at - ((created_at % 86400000) + 86400000) % 86400000, count(*) FROM requests
            WHERE id >= ? AND created_at >= ? GROUP BY 1, 2, 3
            """, values
        ) { row throws(StoreError) -> (RequestStatus, Tier, Int64, Int) in
            (try row.word(), try row.word(), try row.integer(), try row.count())
        }
        for (status, tier, day, count) in counts {
            statistics.byStatus[status, default: 0] += count
            statistics.byTier[tier, default: 0] += count
            days[day, default: [:]][tier, default: 0] += count
        }
        statistics.days = days.sorted { $0.key < $1.key }
            .map { RequestStatistics.Day(start: Timestamp(milliseconds: $0.key), byTier: $0.value) }
        statistics.decisionMilliseconds = try decisionMilliseconds(values)
        statistics.asked = try asked(values)
        return statistics
    }

    /// People decided what they let through or refused; what lapsed or was called off before is no decision of theirs.
    private func decisionMilliseconds(_ values: [SQLValue]) throws(StoreError) -> [Int64] {
        try connection.all(
            """
            SELECT max(v.cast_at) - r.created_at FROM requests r JOIN votes v ON v.request = r.id
            WHERE r.id >= ? AND r.created_at >= ? AND r.tier = 'approval' AND v.withdrawn_at IS NULL
                AND (r.status IN ('approved', 'granted', 'executing', 'completed', 'failed', 'violated', 'unknown')
                    OR r.end_reason = 'people_denied')
            GROUP BY r.id ORDER BY r.id DESC LIMIT 500
            """, values
        ) { row throws(StoreError) in try row.integer() }
    }
}
