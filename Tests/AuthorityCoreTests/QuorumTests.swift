import AuthorityCore
import AuthorityTestKit
import CanonicalEncoding
import DomainModel
import Testing
import WireProtocol

/// Asks for the ceremony of a vote without looking at the page first, as somebody with another program would.
func beginVote(
    _ person: TestPerson, _ decision: Decision = .approve, on id: RequestID, in scenario: Scenario,
    criteria: [Text]? = nil, rendering: Text? = nil
) async throws -> IssuedCeremony {
    let assessment = try await scenario.fixture.request(id).assessment
    return try await BeginVote(scenario.authority).run(
        try await person.viewer(), id: id.text, decision: decision,
        criteria: criteria ?? assessment.requirement?.criteria ?? [],
        renderingDigest: rendering ?? Text(assessment.renderingDigest.wire))
}

func cast(
    _ person: TestPerson, _ ceremony: IssuedCeremony, _ assertion: JSONValue, in scenario: Scenario
) async throws -> ApprovalRequest {
    try await CastVote(scenario.authority).run(
        try await person.viewer(), ceremony: ceremony.id.text, assertion: assertion)
}

@Suite struct QuorumTests {
    @Test func `every group that a rule names must reach its quorum`() async throws {
        try await AuthorityFixture.withScenario { scenario in
            let bob = try await scenario.add("bob", groups: ["finance"])
            try await scenario.load(Scenario.Rule(groups: ["operators", "finance"]))
            let standing = try await scenario.approved()
            #expect(try await scenario.fixture.request(standing.id).progress.status == .pending)
            try await expectRefused(.requestNotApproved) { try await scenario.agent.token(for: standing.id) }
            #expect(try await bob.decide(.approve, on: standing.id).progress.status == .approved)
        }
    }

    @Test func `one person in two groups fills one of them`() async throws {
        try await AuthorityFixture.withScenario { scenario in
            let both = try await scenario.add("both", groups: ["operators", "finance"])
            try await scenario.load(Scenario.Rule(groups: ["operators", "finance"]))
            let standing = try await scenario.pending()
            #expect(try await both.decide(.approve, on: standing.id).progress.status == .pending)
            // Whoever comes next decides which of the two groups that was.
            #expect(try await scenario.approver.decide(.approve, on: standing.id).progress.status == .approved)
        }
    }

    @Test func `a quorum of two needs two people`() async throws {
        try await AuthorityFixture.withScenario { scenario in
            let bob = try await scenario.add("bob")
            try await scenario.load(Scenario.Rule(quorum: 2))
            let standing = try await scenario.approved()
            try await expectRefused(.alreadyVoted) { try await scenario.approver.decide(.approve, on: standing.id) }
            #expect(try await scenario.fixture.request(standing.id).progress.status == .pending)
            #expect(try await bob.decide(.approve, on: standing.id).progress.status == .approved)
        }
    }

    @Test func `one person with two passkeys counts once`() async throws {
        try await AuthorityFixture.withScenario { scenario in
            _ = try await scenario.add("bob")
            try await scenario.load(Scenario.Rule(quorum: 2))
            try await scenario.approver.change(.enrolPasskey(scenario.approver.id))
            let viewer = try await scenario.approver.viewer()
            let link = try #require(try await TakeEnrolmentLink(scenario.authority).run(viewer))
            let second = try await TestPerson(scenario.approver.id, link: link, authority: scenario.authority)
            scenario.clock.advance(seconds: 1)
            let standing = try await scenario.approved()
            try await expectRefused(.alreadyVoted) { try await second.decide(.approve, on: standing.id) }
            #expect(try await scenario.fixture.votes(on: standing.id).count == 1)
        }
    }

    @Test func `two ceremonies of one person that are answered one after the other make one vote`() async throws {
        try await AuthorityFixture.withScenario { scenario in
            _ = try await scenario.add("bob")
            try await scenario.load(Scenario.Rule(quorum: 2))
            let id = try await scenario.pending().id
            let person = scenario.approver
            let first = try await person.begin(.approve, on: id)
            let second = try await person.begin(.approve, on: id)
            _ = try await cast(person, first, try person.answer(first.options), in: scenario)
            try await expectRefused(.alreadyVoted) {
                try await cast(person, second, try person.answer(second.options), in: scenario)
            }
            #expect(try await scenario.fixture.request(id).progress.status == .pending)
        }
    }

    @Test func `a voter who is lost makes the request stale, also when another useless vote has lapsed`() async throws {
        try await AuthorityFixture.withScenario { scenario in
            let bob = try await scenario.add("bob")
            let carol = try await scenario.add("carol", groups: ["finance"])
            try await scenario.load(Scenario.Rule(groups: ["operators", "finance"]))
            let id = try await scenario.pending().id
            try await scenario.approver.decide(.approve, on: id)
            scenario.clock.advance(seconds: 300)
            try await bob.decide(.approve, on: id)
            try await carol.decide(.approve, on: id)
            scenario.clock.advance(seconds: 700)
            try await scenario.approver.change(.disablePerson(bob.id))
            try await expectRefused(.stale) { try await scenario.agent.token(for: id) }
            #expect(try await scenario.fixture.request(id).progress.endReason == .approverChanged)
        }
    }

    @Test func `votes that lapse before the quorum do not count`() async throws {
        try await AuthorityFixture.withScenario { scenario in
            let bob = try await scenario.add("bob")
            try await scenario.load(Scenario.Rule(quorum: 2, ttl: "15m", expires: "1h"))
            let id = try await scenario.approved().id
            scenario.clock.advance(seconds: 900)
            #expect(try await bob.decide(.approve, on: id).progress.status == .pending)
        }
    }

    @Test func `whoever's vote lapsed votes again, counts once, and the old vote stays as it was`() async throws {
        try await AuthorityFixture.withScenario { scenario in
            let bob = try await scenario.add("bob")
            try await scenario.load(Scenario.Rule(quorum: 2, ttl: "15m", expires: "2h"))
            let (id, ana) = (try await scenario.approved().id, scenario.approver)
            let first = try await scenario.fixture.votes(on: id)
            scenario.clock.advance(seconds: 899)
            try await expectRefused(.alreadyVoted) { try await beginVote(ana, on: id, in: scenario) }
            scenario.clock.advance(seconds: 1)
            // Alone they are one person, however often they vote.
            #expect(try await ana.decide(.approve, on: id).progress.status == .pending)
            #expect(try await scenario.agent.read(id)["votes"]?["approved"] == 1)
            try await expectRefused(.alreadyVoted) { try await beginVote(ana, on: id, in: scenario) }
            scenario.clock.advance(seconds: 300)
            let approved = try await bob.decide(.approve, on: id)
            #expect(approved.progress.status == .approved)
            let votes = try await scenario.fixture.votes(on: id)
            #expect(votes.map(\.person) == [ana.id, ana.id, bob.id] && votes[0] == first[0])
            #expect(approved.progress.expiresAt == votes[1].expiresAt)
            #expect(try await scenario.agent.read(id)["votes"]?["approved"] == 2)
            let subject: Text = "vote:\(id.text):\(ana.id.text):approve"
            #expect(try await scenario.fixture.entries(about: subject).count == 2)
            let page = try await ReadRequestPage(scenario.authority).run(try await bob.viewer(), id: id.text)
            #expect(Set(page.timeline.map(\.index)).count == page.timeline.count)
            try await scenario.agent.complete(
                try await scenario.agent.claim(id, token: try await scenario.agent.token(for: id)))
        }
    }

    @Test func `a ceremony begun while the vote counted is no second vote, and one answered after it lapsed is`()
        async throws
    {
        try await AuthorityFixture.withScenario { scenario in
            _ = try await scenario.add("bob")
            try await scenario.load(Scenario.Rule(quorum: 2, ttl: "15m", expires: "2h"))
            let (id, ana) = (try await scenario.pending().id, scenario.approver)
            let two = [try await ana.begin(.approve, on: id), try await ana.begin(.approve, on: id)]
            _ = try await cast(ana, two[0], try ana.answer(two[0].options), in: scenario)
            scenario.clock.advance(seconds: 899)
            let early = try await refusal { try await cast(ana, two[1], try ana.answer(two[1].options), in: scenario) }
            #expect(early != nil)
            scenario.clock.advance(seconds: 1)
            try await ana.decide(.approve, on: id)
            #expect(try await scenario.fixture.votes(on: id).count == 2)
        }
    }

    @Test func `a denial after a lapsed approval is a veto and withdraws nothing`() async throws {
        try await AuthorityFixture.withScenario { scenario in
            _ = try await scenario.add("bob")
            try await scenario.load(Scenario.Rule(quorum: 2, ttl: "15m", expires: "2h"))
            let id = try await scenario.approved().id
            scenario.clock.advance(seconds: 900)
            let denied = try await scenario.approver.decide(.deny, on: id)
            #expect(denied.progress.status == .denied && denied.progress.endReason == .peopleDenied)
            #expect(try await scenario.fixture.votes(on: id).map(\.withdrawnAt) == [nil, nil])
        }
    }

    @Test func `an approval ends with the earliest vote it needs`() async throws {
        try await AuthorityFixture.withScenario { scenario in
            let bob = try await scenario.add("bob")
            try await scenario.load(Scenario.Rule(quorum: 2, ttl: "15m", expires: "1h"))
            let end = scenario.clock.now.adding(seconds: 900)
            let id = try await scenario.approved().id
            scenario.clock.advance(seconds: 600)
            try await bob.decide(.approve, on: id)
            #expect(try await scenario.fixture.request(id).progress.expiresAt == end)
        }
    }
}
