package import CanonicalEncoding

/// Figures for the overview page.
package struct RequestStatistics: Sendable, Hashable {
    package var byStatus: [RequestStatus: Int]
    package var byTier: [Tier: Int]
    /// Milliseconds from submission to the last vote, of requests that people decided; at most the newest 500.
    package var decisionMilliseconds: [Int64]
    /// Requests a day, oldest first: start of the UTC day, number by tier.
    package var days: [Day]

    package struct Day: Sendable, Hashable {
        package var start: Timestamp
        package var byTier: [Tier: Int]

        package init(start: Timestamp, byTier: [Tier: Int]) {
            self.start = start
            self.byTier = byTier
        }
    }

    package init(
        byStatus: [RequestStatus: Int], byTier: [Tier: Int], decisionMilliseconds: [Int64], days: [Day]
    ) {
        self.byStatus = byStatus
        self.byTier = byTier
        self.decisionMilliseconds = decisionMilliseconds
        self.days = days
    }
}
