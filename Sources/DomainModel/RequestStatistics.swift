package import CanonicalEncoding

/// Figures for the overview page.
package struct RequestStatistics: Sendable, Hashable {
    package var byStatus: [RequestStatus: Int]
    package var byTier: [Tier: Int]
    /// Milliseconds from submission to the last vote, of requests that people decided; at most the newest 500.
    package var decisionMilliseconds: [Int64]
    /// Requests a day, oldest first: start of the UTC day, number by tier.
    package var days: [Day]
    /// What people were asked for, the most frequent first.
    package var asked: [Asked]

    /// One kind of action that people were asked about, and what they made of it.
    package struct Asked: Sendable, Hashable {
        package var tool: Text
        package var resource: Text
        /// A quorum was reached, whatever became of the request afterwards: what ran, and what went stale or lapsed unused.
        package var approved: Int
        /// People said no, or took an approval back.
        package var denied: Int
        /// It waits still, or ended before people had decided.
        package var undecided: Int

        package var total: Int { approved + denied + undecided }

        package init(tool: Text, resource: Text, approved: Int = 0, denied: Int = 0, undecided: Int = 0) {
            self.tool = tool
            self.resource = resource
            self.approved = approved
            self.denied = denied
            self.undecided = undecided
        }
    }

    package struct Day: Sendable, Hashable {
        package var start: Timestamp
        package var byTier: [Tier: Int]

        package init(start: Timestamp, byTier: [Tier: Int]) {
            self.start = start
            self.byTier = byTier
        }
    }

    package init(
        byStatus: [RequestStatus: Int], byTier: [Tier: Int], decisionMilliseconds: [Int64], days: [Day],
        asked: [Asked] = []
    ) {
        self.byStatus = byStatus
        self.byTier = byTier
        self.decisionMilliseconds = decisionMilliseconds
        self.days = days
        self.asked = asked
    }
}
