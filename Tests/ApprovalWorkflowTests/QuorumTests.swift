import ApprovalWorkflow
import CanonicalEncoding
import DomainModel
import Testing

@Suite struct QuorumTests {
    static let now = Sample.now

    static func vote(
        _ person: Text, _ groups: [Text], cast: Int64 = -10, expires: Int64 = 100, assurance: Int64 = 1,
        withdrawn: Bool = false
    ) throws -> EligibleVote {
        EligibleVote(
            person: try Sample.person(person), groups: try groups.map(Sample.group),
            times: (now.adding(seconds: cast), now.adding(seconds: expires)), assurance: assurance,
            withdrawnAt: withdrawn ? now : nil)
    }

    @Test func `one person counts once, however many votes and keys`() throws {
        let requirement = try Sample.requirement([("finance", 2)])
        let votes = try [Self.vote("ada", ["finance"], cast: -30), Self.vote("ada", ["finance"], assurance: 2)]
        let result = Quorum.tally(votes, requirement: requirement, at: Self.now)
        #expect(!result.isReached)
        #expect(result.perGroup.map(\.count) == [1])
        #expect(result.approvedAt == nil && result.validUntil == nil)
    }

    @Test func `nobody fills two groups`() throws {
        let requirement = try Sample.requirement([("finance", 1), ("security", 1)])
        let both = try Self.vote("ada", ["finance", "security"])
        #expect(!Quorum.tally([both], requirement: requirement, at: Self.now).isReached)
        let second = try Self.vote("ben", ["finance"], cast: -5)
        let result = Quorum.tally([both, second], requirement: requirement, at: Self.now)
        #expect(result.isReached, "ada moves to security, so that ben can fill finance")
        #expect(result.approvers.map(\.description) == ["ada", "ben"])
    }

    @Test func `a requirement without groups or with a quorum below one is never reached`() throws {
        let votes = try [Self.vote("ada", ["finance"]), Self.vote("ben", ["finance"])]
        for groups: [(Text, Int64)] in [
            [], [("finance", 0)], [("finance", -1)], [("finance", 1), ("security", 0)],
            [("finance", 1), ("finance", 0)],
        ] {
            let requirement = try Sample.requirement(groups)
            #expect(!Quorum.tally(votes, requirement: requirement, at: Self.now).isReached)
            #expect(!Quorum.tally([], requirement: requirement, at: Self.now).isReached)
        }
    }

    @Test func `a group that is named twice needs the larger quorum`() throws {
        let requirement = try Sample.requirement([("finance", 1), ("finance", 2)])
        let ada = try Self.vote("ada", ["finance"])
        #expect(!Quorum.tally([ada], requirement: requirement, at: Self.now).isReached)
        let both = try [ada, Self.vote("ben", ["finance"])]
        #expect(Quorum.tally(both, requirement: requirement, at: Self.now).isReached)
    }

    @Test func `votes count until the millisecond of their expiry, and never when withdrawn, weak or in the future`()
        throws
    {
        let requirement = try Sample.requirement([("finance", 1)], assurance: 2)
        let good = try Self.vote("ada", ["finance"], assurance: 2)
        let last = Timestamp(milliseconds: good.expiresAt.milliseconds - 1)
        #expect(Quorum.tally([good], requirement: requirement, at: last).isReached)
        #expect(!Quorum.tally([good], requirement: requirement, at: good.expiresAt).isReached)
        for bad in try [
            Self.vote("ada", ["finance"], assurance: 2, withdrawn: true), Self.vote("ada", ["finance"], assurance: 1),
            Self.vote("ada", ["finance"], cast: 1, assurance: 2), Self.vote("ada", ["security"], assurance: 2),
            Self.vote("ada", [], assurance: 2),
        ] {
            #expect(!Quorum.tally([bad], requirement: requirement, at: Self.now).isReached)
        }
    }

    @Test func `an assurance of zero does not count, whatever the requirement says`() throws {
        let requirement = try Sample.requirement([("finance", 1)], assurance: 0)
        let vote = try Self.vote("ada", ["finance"], assurance: 0)
        #expect(!Quorum.tally([vote], requirement: requirement, at: Self.now).isReached)
    }

    @Test func `what comes after the quorum extends nothing`() throws {
        let requirement = try Sample.requirement([("finance", 1)])
        let first = try Self.vote("ada", ["finance"], cast: -20, expires: 50)
        let later = try Self.vote("ben", ["finance"], cast: -10, expires: 500)
        let again = try Self.vote("ada", ["finance"], cast: -5, expires: 900)
        let result = Quorum.tally([later, again, first], requirement: requirement, at: Self.now)
        #expect(result.validUntil == first.expiresAt)
        #expect(result.approvedAt == first.castAt)
        #expect(result.approvers == [first.person])
    }

    @Test func `among the votes that were needed the longest-lived assignment counts`() throws {
        let requirement = try Sample.requirement([("finance", 1), ("security", 1)])
        let short = try Self.vote("ada", ["finance"], cast: -30, expires: 10)
        let long = try Self.vote("ben", ["finance"], cast: -20, expires: 300)
        let other = try Self.vote("cy", ["security"], cast: -10, expires: 200, assurance: 2)
        let result = Quorum.tally([short, long, other], requirement: requirement, at: Self.now)
        #expect(result.validUntil == other.expiresAt)
        #expect(result.approvedAt == other.castAt)
        #expect(result.approvers == [long.person, other.person])
        #expect(result.assurance == 1)
    }

    @Test func `somebody who finds no seat at first finds one when a person's groups grow`() throws {
        let requirement = try Sample.requirement([("finance", 1), ("security", 1)])
        let votes = try [
            Self.vote("ada", ["finance"], cast: -30), Self.vote("ben", ["finance"], cast: -20),
            Self.vote("ada", ["security"], cast: -10),
        ]
        #expect(Quorum.tally(votes, requirement: requirement, at: Self.now).isReached)
    }

    @Test func `a denial is no vote for anything`() throws {
        let evidence = AssertionEvidence(
            statement: [:], credentialID: [], authenticatorData: [], clientDataJSON: [], signature: [])
        for decision in Decision.allCases {
            let vote = Vote(
                request: Sample.request, person: try Sample.person("ada"), decision: decision, castAt: Self.now,
                expiresAt: Self.now.adding(seconds: 60), assurance: 1, evidence: evidence)
            #expect((EligibleVote(vote, groups: []) != nil) == (decision == .approve))
        }
    }

    @Test func `the matching finds exactly what trying everything finds`() throws {
        var random = SplitMix(state: 7)
        let names: [Text] = ["a", "b", "c"]
        for round in 0..<3000 {
            let groups = names.prefix(Int.random(in: 1...3, using: &random)).map {
                ($0, Int64.random(in: 1...2, using: &random))
            }
            let requirement = try Sample.requirement(groups)
            let votes = try (0..<Int.random(in: 0...6, using: &random)).map { index in
                try Self.vote(
                    "p\(index)", names.filter { _ in Bool.random(using: &random) }, cast: Int64(-50 + index),
                    expires: Int64.random(in: -5...40, using: &random))
            }
            let expected = BruteForce(groups, votes.filter { Self.now < $0.expiresAt })
            let result = Quorum.tally(votes.shuffled(using: &random), requirement: requirement, at: Self.now)
            #expect(result.isReached == (expected.validUntil != nil), "round \(round)")
            #expect(result.validUntil == expected.validUntil, "round \(round)")
            #expect(Set(result.approvers).count == result.approvers.count)
            let seats = result.perGroup.reduce(0) { $0 + $1.count }
            #expect(Int(seats) == result.approvers.count)
            if !result.isReached { #expect(seats == Int64(expected.mostSeats), "round \(round)") }
        }
    }
}

/// Tries every assignment of the votes in the order of casting; the first prefix that suffices decides.
private struct BruteForce {
    var validUntil: Timestamp?
    var mostSeats = 0

    init(_ groups: [(Text, Int64)], _ votes: [EligibleVote]) {
        for count in 0...votes.count {
            let prefix = Array(votes.prefix(count))
            explore(prefix, groups.map(\.1), groups.map(\.0), until: nil, seats: 0)
            if validUntil != nil { return }
        }
    }

    private mutating func explore(
        _ votes: [EligibleVote], _ room: [Int64], _ names: [Text], until: Timestamp?, seats: Int
    ) {
        mostSeats = max(mostSeats, seats)
        if room.allSatisfy({ $0 == 0 }), let until {
            validUntil = validUntil.map { max($0, until) } ?? until
            return
        }
        guard let vote = votes.first else { return }
        let rest = Array(votes.dropFirst())
        explore(rest, room, names, until: until, seats: seats)
        for (index, name) in names.enumerated()
        where room[index] > 0 && vote.groups.contains(where: { $0.text == name }) {
            var less = room
            less[index] -= 1
            explore(rest, less, names, until: until.map { min($0, vote.expiresAt) } ?? vote.expiresAt, seats: seats + 1)
        }
    }
}
