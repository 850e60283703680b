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
            let link = try #require(
                try await scenario.approver.change(.enrolPasskey(scenario.approver.id)).enrolmentLink)
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
