package import CanonicalEncoding
package import DomainModel

/// An approval of somebody who is eligible now, with the groups that `Eligibility.standing` gave.
package struct EligibleVote: Hashable, Sendable {
    package var person: PersonID
    package var groups: [GroupID]
    package var castAt: Timestamp
    package var expiresAt: Timestamp
    package var assurance: Int64
    package var withdrawnAt: Timestamp?

    package init(
        person: PersonID, groups: [GroupID], times: (castAt: Timestamp, expiresAt: Timestamp), assurance: Int64,
        withdrawnAt: Timestamp? = nil
    ) {
        self.person = person
        self.groups = groups
        castAt = times.castAt
        expiresAt = times.expiresAt
        self.assurance = assurance
        self.withdrawnAt = withdrawnAt
    }

    /// Nil for a denial: that is a veto and counts for no group.
    package init?(_ vote: Vote, groups: [GroupID]) {
        guard vote.decision == .approve else { return nil }
        self.init(
            person: vote.person, groups: groups, times: (vote.castAt, vote.expiresAt), assurance: vote.assurance,
            withdrawnAt: vote.withdrawnAt)
    }

    /// Cast, not yet expired, not withdrawn, with enough assurance.
    func counts(for requirement: ApprovalRequirement, at now: Timestamp) -> Bool {
        castAt <= now && now < expiresAt && withdrawnAt == nil && assurance >= max(requirement.assurance, 1)
    }
}

/// How far the approvals reach.
package struct QuorumResult: Hashable, Sendable {
    package struct GroupCount: Hashable, Sendable {
        package var group: GroupID
        /// People assigned to this group; never above its quorum.
        package var count: Int64
        package var quorum: Int64
    }

    /// One for each group of the requirement, sorted by name.
    package var perGroup: [GroupCount]
    package var isReached: Bool
    /// The earliest expiry among the votes that are needed; nil unless reached.
    package var validUntil: Timestamp?
    /// The lowest among the people assigned; 0 where there are none.
    package var assurance: Int64
    /// When the vote that completed the quorum was cast; nil unless reached.
    package var approvedAt: Timestamp?
    /// The people assigned to a group, sorted.
    package var approvers: [PersonID]
}

/// Counts people, not votes, keys or groups (invariants S1 and S7).
package enum Quorum {
    /// Assigns each person to one group at most, so that every group reaches its quorum if that is possible at all.
    ///
    /// Votes count in the order in which they were cast, and only up to the one that completes the quorum: what comes later
    /// extends nothing. Among those, the assignment is the one whose earliest expiry is the latest possible. A requirement
    /// without groups, or with a quorum below one, is never reached.
    package static func tally(
        _ votes: [EligibleVote], requirement: ApprovalRequirement, at now: Timestamp
    ) -> QuorumResult {
        let quorums = merged(requirement)
        let isPossible = !quorums.isEmpty && quorums.allSatisfy { $0.quorum >= 1 }
        let counting = votes.filter { $0.counts(for: requirement, at: now) }.sorted(by: wasCastBefore)

        var seats = GroupSeats(quorums)
        guard isPossible else { return result(seats, votes: [:], reachedBy: nil) }
        var best: [PersonID: EligibleVote] = [:]
        for vote in counting {
            let earlier = best[vote.person]
            let merged = earlier.map { combined($0, vote) } ?? vote
            best[vote.person] = merged
            if let earlier, Set(earlier.groups) != Set(merged.groups) {
                // Somebody who found no seat before may find one now: start again, in the same order.
                seats = GroupSeats(quorums)
                for known in best.values.sorted(by: wasCastBefore) { seats.seat(known.person, in: known.groups) }
            } else {
                seats.seat(merged.person, in: merged.groups)
            }
            if seats.areFull { return reached(quorums, best, by: vote) }
        }
        return result(seats, votes: best, reachedBy: nil)
    }

    /// Seats the people again, those whose votes last longest first: the last one seated has the earliest expiry, and no
    /// other assignment has a later one, because without everybody up to here the seats were not full.
    private static func reached(
        _ quorums: [ApprovalRequirement.Group], _ votes: [PersonID: EligibleVote], by last: EligibleVote
    ) -> QuorumResult {
        var seats = GroupSeats(quorums)
        let longestFirst = votes.values.sorted { left, right in
            left.expiresAt == right.expiresAt ? wasCastBefore(left, right) : left.expiresAt > right.expiresAt
        }
        for vote in longestFirst {
            seats.seat(vote.person, in: vote.groups)
            if seats.areFull { break }
        }
        return result(seats, votes: votes, reachedBy: last)
    }

    private static func result(
        _ seats: GroupSeats, votes: [PersonID: EligibleVote], reachedBy last: EligibleVote?
    ) -> QuorumResult {
        let seated = seats.people.sorted().compactMap { votes[$0] }
        return QuorumResult(
            perGroup: seats.counts, isReached: last != nil,
            validUntil: last == nil ? nil : seated.map(\.expiresAt).min(),
            assurance: seated.map(\.assurance).min() ?? 0,
            approvedAt: last?.castAt, approvers: seated.map(\.person))
    }

    /// A group that is named twice needs the larger quorum.
    private static func merged(_ requirement: ApprovalRequirement) -> [ApprovalRequirement.Group] {
        var greatest: [GroupID: Int64] = [:]
        var hasNone = false
        for group in requirement.groups {
            if group.quorum < 1 { hasNone = true }
            greatest[group.name] = max(greatest[group.name] ?? group.quorum, group.quorum)
        }
        return greatest.keys.sorted().map { name in
            ApprovalRequirement.Group(name: name, quorum: hasNone ? 0 : greatest[name] ?? 0)
        }
    }

    /// Two votes of one person: the later expiry, the union of the groups, the lower assurance.
    private static func combined(_ first: EligibleVote, _ second: EligibleVote) -> EligibleVote {
        var vote = first
        vote.expiresAt = max(first.expiresAt, second.expiresAt)
        vote.groups = Set(first.groups + second.groups).sorted()
        vote.assurance = min(first.assurance, second.assurance)
        return vote
    }

    private static func wasCastBefore(_ left: EligibleVote, _ right: EligibleVote) -> Bool {
        if left.castAt != right.castAt { return left.castAt < right.castAt }
        if left.person != right.person { return left.person < right.person }
        return left.expiresAt < right.expiresAt
    }
}
