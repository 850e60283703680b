import AuthorityCore
import AuthorityPorts
import AuthorityTestKit
import CanonicalEncoding
import DemoScenario
import DomainModel
import SecretMaterial
import Testing
import WireProtocol

@Suite struct SeparationOfDutiesTests {
    /// The owner with a passkey.
    private func owner(_ scenario: Scenario) async throws -> TestPerson {
        let link = try #require(try await scenario.approver.change(.enrolPasskey(scenario.owner)).enrolmentLink)
        let person = try await TestPerson(scenario.owner, link: link, authority: scenario.authority)
        scenario.clock.advance(seconds: 1)
        return person
    }

    @Test func `the agent's owner cannot approve, but can veto`() async throws {
        try await AuthorityFixture.withScenario { scenario in
            let owner = try await owner(scenario)
            let id = try await scenario.pending().id
            try await expectRefused(.separationOfDutiesOwner) { try await beginVote(owner, on: id, in: scenario) }
            let page = try await ReadRequestPage(scenario.authority).run(try await owner.viewer(), id: id.text)
            let isVetoOnly = if case .mayDeny = page.standing { true } else { false }
            #expect(isVetoOnly)
            #expect(try await owner.decide(.deny, on: id).progress.status == .denied)
        }
    }

    @Test func `somebody of no group that is asked cannot veto either`() async throws {
        try await AuthorityFixture.withScenario { scenario in
            let bob = try await scenario.add("bob", groups: ["elsewhere"])
            let id = try await scenario.pending().id
            try await expectRefused(.notEligible) { try await beginVote(bob, .deny, on: id, in: scenario) }
        }
    }

    @Test(arguments: [false, true])
    func `whoever proposes and whoever confirms a key created it, the owner of an operator's key did not`(
        isRotated: Bool
    ) async throws {
        try await AuthorityFixture.withScenario { scenario in
            let bea = try await scenario.add("bea", roles: [.administrator, .approver])
            let key = SigningKey(generating: .es256)
            let id: AgentID = isRotated ? scenario.agent.id : try Scenario.name("second")
            let change: Change =
                isRotated
                ? .rotateAgentKey(id, jwk: key.publicKey.json)
                : .addAgent(
                    Change.AgentSpec(
                        id: id, owner: scenario.owner, purpose: "p", environment: nil, groups: [],
                        jwk: key.publicKey.json, endsAt: scenario.clock.now.adding(seconds: 3600)))
            let propose = ProposeChange(scenario.authority)
            let proposal = try await propose.run(by: .viewer(try await scenario.approver.viewer()), change: change)
            try await bea.confirm(proposal)
            let both = try await scenario.fixture.read { try $0.agent(id)?.keys.last?.createdBy }
            #expect(both == [scenario.approver.id, bea.id])
            let agent = TestAgent(id, key: key, authority: scenario.authority)
            scenario.clock.advance(seconds: 1)
            let request = try await agent.open(Scenario.deletion).id
            for person in [scenario.approver, bea] {
                try await expectRefused(.separationOfDutiesKeyCreator) { try await person.begin(.approve, on: request) }
            }
            let other = SigningKey(generating: .es256).publicKey.json
            try await bea.confirm(try await propose.run(by: .operatorOfHost, change: .rotateAgentKey(id, jwk: other)))
            #expect(try await scenario.fixture.read { try $0.agent(id)?.keys.last?.createdBy } == [bea.id])
        }
    }

    @Test func `whoever created the key cannot decide`() async throws {
        try await AuthorityFixture.withScenario { scenario in
            let agent = try await scenario.addAgent("second")
            scenario.clock.advance(seconds: 1)
            let id = try await agent.open(Scenario.deletion).id
            try await expectRefused(.separationOfDutiesKeyCreator) {
                try await scenario.approver.begin(.approve, on: id)
            }
        }
    }

    /// Of an agent that hands tasks on.
    private func agent(_ name: Text, of owner: PersonID, _ scenario: Scenario) async throws -> TestAgent {
        let key = SigningKey(generating: .es256)
        let spec = Change.AgentSpec(
            id: try Scenario.name(name), owner: owner, purpose: "plans", environment: nil, groups: [],
            jwk: key.publicKey.json, endsAt: scenario.clock.now.adding(seconds: 3600))
        try await scenario.approver.change(.addAgent(spec))
        return TestAgent(spec.id, key: key, authority: scenario.authority)
    }

    @Test func `whoever's agent handed the task on cannot decide, however far back`() async throws {
        try await AuthorityFixture.withScenario { scenario in
            let (bob, cat) = (try await scenario.add("bob"), try await scenario.add("cat"))
            let planner = try await agent("planner", of: bob.id, scenario)
            let helper = try await agent("helper", of: cat.id, scenario)
            func task(_ parent: RequestID) -> JSONObject { ["task": ["id": "t", "parent": .string(parent.text)]] }
            let first = try await planner.open(Scenario.reading).id
            let second = try await helper.open(Scenario.reading, more: task(first)).id
            let id = try await scenario.pending(more: task(second)).id
            for person in [bob, cat] {
                try await expectRefused(.separationOfDutiesDelegator) { try await person.begin(.approve, on: id) }
            }
            // Nobody handed this one on, and what comes out of an agent's own request was not handed on either.
            let own = try await scenario.pending(more: task(try await scenario.pending().id)).id
            _ = try await bob.begin(.approve, on: own)
            #expect(try await scenario.approver.decide(.approve, on: id).progress.status == .approved)
        }
    }

    @Test func `an owner whom the rule names may approve, until policy takes that away`() async throws {
        try await AuthorityFixture.withScenario { scenario in
            let owner = try await owner(scenario)
            let agent = try await scenario.addAgent("second")
            try await scenario.load(Scenario.Rule(isOwnerAllowed: true))
            let id = try await agent.open(Scenario.deletion).id
            #expect(try await owner.decide(.approve, on: id).progress.status == .approved)
            try await scenario.load(Scenario.Rule(isOwnerAllowed: false))
            try await expectRefused(.stale) { try await agent.token(for: id) }
            #expect(try await scenario.fixture.request(id).progress.endReason == .policyChanged)
        }
    }

    @Test func `an owner who created the key cannot approve even where the rule names owners`() async throws {
        try await AuthorityFixture.withScenario { scenario in
            let owner = try await owner(scenario)
            try await scenario.load(Scenario.Rule(isOwnerAllowed: true))
            let id = try await scenario.pending().id
            try await expectRefused(.separationOfDutiesKeyCreator) { try await beginVote(owner, on: id, in: scenario) }
        }
    }

    @Test func `somebody enrolled after the request, or in its millisecond, cannot decide`() async throws {
        try await AuthorityFixture.withScenario { scenario in
            let spec = Change.PersonSpec(
                id: try Scenario.name("late"), name: "Late", roles: [.approver],
                groups: [try Scenario.name("operators")])
            let link = try #require(try await scenario.approver.change(.addPerson(spec)).enrolmentLink)
            scenario.clock.advance(seconds: 1)
            let id = try await scenario.pending().id
            let late = try await TestPerson(spec.id, link: link, authority: scenario.authority)
            scenario.clock.advance(seconds: 1)
            try await expectRefused(.enrolledTooLate) { try await late.begin(.approve, on: id) }
        }
    }

    @Test func `somebody added to the group after the request cannot decide`() async throws {
        try await AuthorityFixture.withScenario { scenario in
            let bob = try await scenario.add("bob", groups: ["elsewhere"])
            let id = try await scenario.pending().id
            try await scenario.approver.change(.addToGroup(try Scenario.name("operators"), .person(bob.id)))
            scenario.clock.advance(seconds: 1)
            try await expectRefused(.enrolledTooLate) { try await bob.begin(.approve, on: id) }
        }
    }

    @Test func `somebody who left the group and came back cannot decide on what was asked before`() async throws {
        try await AuthorityFixture.withScenario { scenario in
            let bob = try await scenario.add("bob")
            let id = try await scenario.pending().id
            let group: GroupID = try Scenario.name("operators")
            try await scenario.approver.change(.removeFromGroup(group, .person(bob.id)))
            try await scenario.approver.change(.addToGroup(group, .person(bob.id)))
            try await expectRefused(.enrolledTooLate) { try await beginVote(bob, on: id, in: scenario) }
        }
    }

    @Test func `a passkey that can leave its device is not enough where the rule asks for more`() async throws {
        try await AuthorityFixture.withScenario { scenario in
            let synced = try await scenario.add("synced") { $0.isBackupEligible = true }
            try await scenario.load(Scenario.Rule(assurance: 2))
            let id = try await scenario.pending().id
            try await expectRefused(.assuranceTooLow) { try await synced.begin(.approve, on: id) }
            #expect(try await scenario.approver.decide(.approve, on: id).progress.status == .approved)
        }
    }

    @Test func `an auditor cannot approve, and a stranger cannot decide`() async throws {
        try await AuthorityFixture.withScenario { scenario in
            let auditor = try await scenario.add("auditor", roles: [.auditor])
            let stranger = try await scenario.add("stranger", groups: ["elsewhere"])
            let id = try await scenario.pending().id
            for person in [auditor, stranger] {
                try await expectRefused(.notEligible) { try await beginVote(person, on: id, in: scenario) }
            }
            try await expectRefused(.notEligible) { try await beginVote(stranger, .deny, on: id, in: scenario) }
        }
    }
}
