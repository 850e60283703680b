import AuthorityCore
import AuthorityTestKit
import CanonicalEncoding
import DemoScenario
import DomainModel
import SecretMaterial
import Testing
import WireProtocol

@Suite struct AdministrationTests {
    /// Two administrators; `scenario.approver` is the first.
    private func withTwo(_ body: (Scenario, TestPerson) async throws -> Void) async throws {
        try await AuthorityFixture.withScenario { scenario in
            try await body(scenario, try await scenario.add("bea", roles: [.administrator, .approver]))
        }
    }

    /// Changes that need two, each possible in a fresh scenario that is frozen.
    static func weighty(_ scenario: Scenario) throws -> [Change] {
        let operators: GroupID = try Scenario.name("operators")
        return [
            .addPerson(
                Change.PersonSpec(id: try Scenario.name("eve"), name: "Eve", roles: [.approver], groups: [operators])),
            .enrolPasskey(scenario.owner), .addToGroup(try Scenario.name("finance"), .person(scenario.owner)),
            .removeFromGroup(operators, .person(scenario.owner)),
            .loadPolicy(source: Scenario.Rule().policy), .thaw(.everything), .disablePerson(scenario.owner),
        ]
    }

    @Test(arguments: 0..<7)
    func `alone, an administrator's change applies at once and the log says so`(index: Int) async throws {
        try await AuthorityFixture.withScenario { scenario in
            try await scenario.approver.change(.freeze(.everything, reason: "stop"))
            let answer = try await scenario.approver.change(try Self.weighty(scenario)[index])
            #expect(answer.change.status == .applied)
            let entry = try await scenario.fixture.entries(about: answer.change.id.text).last
            #expect(entry?["kind"] == "change.applied" && entry?["body"]?["sole_administrator"] == true)
        }
    }

    @Test(arguments: 0..<7)
    func `of two, both must confirm membership, enrolment, policy and thaw`(index: Int) async throws {
        try await withTwo { scenario, bea in
            let authority = scenario.authority
            try await scenario.approver.change(.freeze(.everything, reason: "stop"))
            let change = try Self.weighty(scenario)[index]
            let before = try await ReadInventory(authority).runForOperator()
            let first = try await scenario.approver.change(change)
            #expect(first.change.status == .proposed && first.enrolmentLink == nil)
            try await expectRefused(.alreadyConfirmed) { try await scenario.approver.confirm(first.change) }
            let between = try await ReadInventory(authority).runForOperator()
            #expect(between.persons == before.persons && between.memberships == before.memberships)
            #expect(between.policy == before.policy && between.freezes == before.freezes)
            let second = try await bea.confirm(first.change)
            #expect(second.change.status == .applied)
            let entry = try await scenario.fixture.entries(about: first.change.id.text).last
            #expect(entry?["body"]?["sole_administrator"] == nil)
            #expect(entry?["body"]?["confirmations"]?.arrayValue?.count == 2)
            try await expectRefused(.changeNotOpen) { try await bea.confirm(first.change) }
        }
    }

    @Test func `an agent with groups and a registration in another's place need both, new ones need one`() async throws
    {
        try await withTwo { scenario, _ in
            func spec(_ name: Text, _ groups: [Text]) throws -> Change {
                .addAgent(
                    Change.AgentSpec(
                        id: try Scenario.name(name), owner: scenario.owner, purpose: "p", environment: nil,
                        groups: try groups.map { try Scenario.name($0) },
                        jwk: SigningKey(generating: .es256).publicKey.json,
                        endsAt: scenario.clock.now.adding(seconds: 3600)))
            }
            var fresh = Scenario.tool
            fresh.reference.name = "fresh"
            let changes: [(Change, ChangeProposal.Status)] = [
                (try spec("one", []), .applied), (try spec("two", ["operators"]), .proposed),
                (.registerTool(fresh), .applied), (.registerTool(fresh), .proposed),
            ]
            for (change, status) in changes {
                #expect(try await scenario.approver.change(change).change.status == status)
            }
        }
    }

    @Test func `disabling a passkey ends the sessions of its person`() async throws {
        try await AuthorityFixture.withScenario { scenario in
            let bob = try await scenario.add("bob")
            _ = try await bob.viewer()
            try await scenario.approver.change(.disablePasskey(credentialID: bob.credentialIDs[0]))
            await #expect(throws: TestPerson.SignedOut.self) { try await bob.viewer() }
        }
    }

    @Test func `a freeze needs one of two`() async throws {
        try await withTwo { scenario, bea in
            let answer = try await bea.change(.freeze(.everything, reason: "stop"))
            #expect(answer.change.status == .applied)
            #expect(try await scenario.nextStep(try await scenario.pending())?.code == .frozen)
        }
    }

    @Test func `the second administrator can reject, and a change does not wait for ever`() async throws {
        try await withTwo { scenario, bea in
            let source = Scenario.Rule().policy
            let first = try await scenario.approver.change(.loadPolicy(source: source)).change
            #expect(try await bea.confirm(first, .deny).change.status == .rejected)
            try await expectRefused(.changeNotOpen) { try await bea.confirm(first) }
            let second = try await scenario.approver.change(.enrolPasskey(scenario.owner)).change
            scenario.clock.advance(seconds: 86_400)
            // Signed in long ago: they have to come again.
            await #expect(throws: TestPerson.SignedOut.self) { try await bea.confirm(second) }
            let login = try BeginLogin(scenario.authority).run()
            let opened = try await FinishLogin(scenario.authority).run(
                ceremony: login.id.text, assertion: try bea.answer(login.options))
            try await expectRefused(.changeNotOpen) {
                try await BeginConfirmation(scenario.authority).run(
                    opened.viewer, change: second.id.text, decision: .approve)
            }
        }
    }

    @Test func `who is no administrator proposes and confirms nothing`() async throws {
        try await AuthorityFixture.withScenario { scenario in
            let people = [try await scenario.add("bob"), try await scenario.add("al", roles: [.auditor, .approver])]
            let open = try await ProposeChange(scenario.authority).run(
                by: .operatorOfHost, change: .freeze(.everything, reason: "stop"))
            for person in people {
                try await expectRefused(.forbidden) { try await person.change(.freeze(.everything, reason: "mine")) }
                try await expectRefused(.forbidden) { try await person.confirm(open) }
                // A ceremony of the administrator's, answered by somebody else.
                let ceremony = try await BeginConfirmation(scenario.authority).run(
                    try await scenario.approver.viewer(), change: open.id.text, decision: .approve)
                try await expectRefused(.ceremonyUnknown) {
                    try await ConfirmChange(scenario.authority).run(
                        try await person.viewer(), ceremony: ceremony.id.text,
                        assertion: try scenario.approver.answer(ceremony.options))
                }
            }
            #expect(try await ReadInventory(scenario.authority).runForOperator().freezes.isEmpty)
        }
    }

    @Test func `a change is confirmed with user verification, by its own ceremony, once`() async throws {
        try await AuthorityFixture.withScenario { scenario in
            let (ana, authority) = (scenario.approver, scenario.authority)
            let propose = ProposeChange(authority)
            let one = try await propose.run(by: .operatorOfHost, change: .freeze(.everything, reason: "1"))
            let two = try await propose.run(by: .operatorOfHost, change: .disableAgent(scenario.agent.id))
            let begin = BeginConfirmation(authority)
            let (first, second) = (
                try await begin.run(try await ana.viewer(), change: one.id.text, decision: .approve),
                try await begin.run(try await ana.viewer(), change: two.id.text, decision: .approve)
            )
            let confirm = ConfirmChange(authority)
            let crossed = try ana.answer(first.options)
            try await expectRefused(.ceremonyRefused) {
                try await confirm.run(try await ana.viewer(), ceremony: second.id.text, assertion: crossed)
            }
            let third = try await begin.run(try await ana.viewer(), change: two.id.text, decision: .approve)
            let unverified = try ana.answer(third.options) { $0.isUserVerified = false }
            try await expectRefused(.ceremonyRefused) {
                try await confirm.run(try await ana.viewer(), ceremony: third.id.text, assertion: unverified)
            }
            let good = try ana.answer(first.options)
            _ = try await confirm.run(try await ana.viewer(), ceremony: first.id.text, assertion: good)
            try await expectRefused(.ceremonyUnknown) {
                try await confirm.run(try await ana.viewer(), ceremony: first.id.text, assertion: good)
            }
        }
    }

    static let badPolicies: [Text] = [
        "permit (", "",
        "@id(\"a\") permit (principal, action, resource);\n@id(\"a\") forbid (principal, action, resource);",
        Scenario.Rule(groups: ["nobody-there"]).policy,
        "@tier(\"approval\") @approvers(\"operators\") forbid (principal, action, resource);",
        "@tier(\"maybe\") permit (principal, action, resource);",
    ]

    @Test(arguments: badPolicies.filter { !$0.isEmpty })
    func `a bad policy set changes nothing`(source: Text) async throws {
        try await AuthorityFixture.withScenario { scenario in
            let before = try await ReadInventory(scenario.authority).runForOperator().policy
            try await expectRefused(.policyInvalid) { try await scenario.approver.change(.loadPolicy(source: source)) }
            #expect(try await ReadInventory(scenario.authority).runForOperator().policy == before)
        }
    }

    @Test func `the last administrator, or its last passkey, cannot be disabled`() async throws {
        try await AuthorityFixture.withScenario { scenario in
            let ana = scenario.approver
            try await expectRefused(.lastAdministrator) { try await ana.change(.disablePerson(ana.id)) }
            try await expectRefused(.lastAdministrator) {
                try await ana.change(.disablePasskey(credentialID: ana.credentialIDs[0]))
            }
            // While there is one, nobody seeds and nobody enrols as the first.
            try await expectRefused(.forbidden) {
                try await SeedInstallation(scenario.authority).run([.freeze(.everything, reason: "x")], by: "test")
            }
            let link = try await OpenFirstEnrolment(scenario.authority).run(
                person: try Scenario.name("mallory"), name: "M", groups: [])
            #expect(link == nil)
        }
    }

    @Test func `a group's members exist`() async throws {
        try await AuthorityFixture.withScenario { scenario in
            let group: GroupID = try Scenario.name("operators")
            for member in [
                Membership.Member.person(try Scenario.name("nobody")), .agent(try Scenario.name("nobody")),
            ] {
                try await expectRefused(.unknownName) { try await scenario.approver.change(.addToGroup(group, member)) }
            }
        }
    }

    @Test func `names are never given twice, and an agent has an owner and a future`() async throws {
        try await AuthorityFixture.withScenario { scenario in
            let now = scenario.clock.now
            func agent(_ name: Text, owner: Text = "owner", ends: Int64 = 60, jwk: JSONValue? = nil) throws -> Change {
                .addAgent(
                    Change.AgentSpec(
                        id: try Scenario.name(name), owner: try Scenario.name(owner), purpose: "x", environment: nil,
                        groups: [], jwk: jwk ?? SigningKey(generating: .es256).publicKey.json,
                        endsAt: now.adding(seconds: ends)))
            }
            let secret = SigningKey(generating: .es256).privateJWK.withUnredacted { $0 }
            let cases: [(ProblemCode, Change)] = [
                (.nameTaken, try agent("orders-agent")), (.unknownOwner, try agent("new", owner: "nobody")),
                (.invalidValue, try agent("new", ends: 0)), (.invalidValue, try agent("new", jwk: secret)),
                (.invalidValue, try agent("new", jwk: scenario.agent.key.publicKey.json)),
                (
                    .nameTaken,
                    .addPerson(Change.PersonSpec(id: scenario.owner, name: "x", roles: [.administrator], groups: []))
                ),
            ]
            for (code, change) in cases { try await expectRefused(code) { try await scenario.approver.change(change) } }
        }
    }

    @Test func `no two agents have one key, now or one after the other`() async throws {
        try await AuthorityFixture.withScenario { scenario in
            let other = try await scenario.addAgent("other")
            let (own, first) = (other.key.publicKey.json, scenario.agent.key.publicKey.json)
            try await expectRefused(.invalidValue) {
                try await scenario.approver.change(.rotateAgentKey(other.id, jwk: first))
            }
            // Retired, it is still the other one's.
            try await scenario.approver.change(
                .rotateAgentKey(other.id, jwk: SigningKey(generating: .es256).publicKey.json))
            try await expectRefused(.invalidValue) {
                try await scenario.approver.change(.rotateAgentKey(scenario.agent.id, jwk: own))
            }
        }
    }
}
