import AuthorityCore
import AuthorityTestKit
import CanonicalEncoding
import DomainModel
import SecretMaterial
import Testing
import WireProtocol

/// Nobody gets the administration for themselves alone while there is somebody else.
@Suite struct ConcurrenceTests {
    /// Ana, who is there from the beginning, and others beside her.
    private func with(
        _ names: [Text], _ body: (Scenario, [TestPerson]) async throws -> Void
    ) async throws {
        try await AuthorityFixture.withScenario { scenario in
            var people = [scenario.approver]
            for name in names {
                let spec = Change.PersonSpec(
                    id: try Scenario.name(name), name: name, roles: [.administrator, .approver], groups: [])
                let proposal = try await ProposeChange(scenario.authority).run(
                    by: .operatorOfHost, change: .addPerson(spec))
                // Two are enough, however many there are.
                var link: Secret<Text>?
                for person in people.prefix(2) { link = try await person.confirm(proposal).enrolmentLink }
                people.append(try await TestPerson(spec.id, link: try #require(link), authority: scenario.authority))
                scenario.clock.advance(seconds: 1)
            }
            try await body(scenario, people)
        }
    }

    private func administrators(_ scenario: Scenario) async throws -> Set<PersonID> {
        let inventory = try await ReadInventory(scenario.authority).runForOperator()
        return Set(
            inventory.persons.filter {
                $0.isActive && $0.roles.contains(.administrator) && inventory.passkeyCounts[$0.id] ?? 0 > 0
            }.map(\.id))
    }

    /// What takes an administrator away, from Bea or from whoever proposes it.
    static let removals: [@Sendable (TestPerson) -> Change] = [
        { .disablePerson($0.id) }, { .disablePasskey(credentialID: $0.credentialIDs[0]) },
    ]

    @Test(arguments: 0..<2, [false, true])
    func `one of two administrators takes neither the other nor themself away`(
        index: Int, isResigning: Bool
    ) async throws {
        try await with(["bea"]) { scenario, people in
            let change = Self.removals[index](people[isResigning ? 0 : 1])
            let first = try await people[0].change(change)
            #expect(first.change.status == .proposed)
            #expect(try await administrators(scenario).count == 2)
            try await expectRefused(.alreadyConfirmed) { try await people[0].confirm(first.change) }
            let second = try await people[1].confirm(first.change)
            #expect(second.change.status == .applied)
            #expect(try await administrators(scenario).count == 1)
            let entry = try await scenario.fixture.entries(about: first.change.id.text).last
            #expect(entry?["body"]?["needed"] == 2 && entry?["body"]?["sole_administrator"] == nil)
        }
    }

    @Test func `one of two takes away what ends no administrator: a passkey beside another, or of an approver`()
        async throws
    {
        try await with(["bea"]) { scenario, people in
            let proposal = try await people[0].change(.enrolPasskey(people[1].id)).change
            #expect(try await people[1].confirm(proposal).enrolmentLink == nil)
            let viewer = try await people[1].viewer()
            let link = try #require(try await TakeEnrolmentLink(scenario.authority).run(viewer))
            let second = try await TestPerson(people[1].id, link: link, authority: scenario.authority)
            let spec = Change.PersonSpec(id: try Scenario.name("bob"), name: "Bob", roles: [.approver], groups: [])
            let added = try await people[0].change(.addPerson(spec)).change
            let bobsLink = try #require(try await people[1].confirm(added).enrolmentLink)
            let bob = try await TestPerson(spec.id, link: bobsLink, authority: scenario.authority)
            let beside = try await people[0].change(.disablePasskey(credentialID: second.credentialIDs[0]))
            #expect(beside.change.status == .applied)
            // Now the other one is the last.
            let last = try await people[0].change(.disablePasskey(credentialID: people[1].credentialIDs[0]))
            #expect(last.change.status == .proposed)
            let bobs = try await people[0].change(.disablePasskey(credentialID: bob.credentialIDs[0]))
            #expect(bobs.change.status == .applied)
        }
    }

    @Test func `two administrators who take each other away at once leave one`() async throws {
        try await with(["bea"]) { scenario, people in
            let propose = ProposeChange(scenario.authority)
            var answers: [@Sendable () async throws -> ChangeProposal] = []
            for (index, person) in people.enumerated() {
                let other = people[1 - index]
                let change = try await propose.run(by: .operatorOfHost, change: .disablePerson(person.id))
                try await person.confirm(change)
                let ceremony = try await BeginConfirmation(scenario.authority).run(
                    try await other.viewer(), change: change.id.text, decision: .approve)
                let (viewer, assertion) = (try await other.viewer(), try other.answer(ceremony.options))
                let authority = scenario.authority
                answers.append {
                    try await ConfirmChange(authority).run(viewer, ceremony: ceremony.id.text, assertion: assertion)
                        .change
                }
            }
            let results = await withTaskGroup(of: Result<ChangeProposal, any Error>.self) { group in
                for answer in answers {
                    group.addTask {
                        do { return .success(try await answer()) } catch { return .failure(error) }
                    }
                }
                return await group.reduce(into: []) { $0.append($1) }
            }
            let applied = results.compactMap { try? $0.get() }.filter { $0.status == .applied }
            #expect(applied.count == 1)
            #expect(try await administrators(scenario).count == 1)
        }
    }

    @Test func `one administrator who answers twice at once is one`() async throws {
        try await with(["bea"]) { scenario, people in
            let change = try await ProposeChange(scenario.authority).run(
                by: .operatorOfHost, change: .disablePerson(people[1].id))
            let viewer = try await people[0].viewer()
            var ceremonies: [IssuedCeremony] = []
            for _ in 0..<2 {
                ceremonies.append(
                    try await BeginConfirmation(scenario.authority).run(
                        viewer, change: change.id.text, decision: .approve))
            }
            let assertions = try ceremonies.map { try people[0].answer($0.options) }
            let authority = scenario.authority
            await withTaskGroup(of: Void.self) { group in
                for (ceremony, assertion) in zip(ceremonies, assertions) {
                    group.addTask {
                        _ = try? await ConfirmChange(authority).run(
                            viewer, ceremony: ceremony.id.text, assertion: assertion)
                    }
                }
            }
            let stored = try await ReadChange(authority).run(id: change.id.text)
            #expect(stored.status == .proposed && stored.confirmations.map(\.person) == [people[0].id])
        }
    }

    @Test func `who is no administrator any more does not count for what they confirmed before`() async throws {
        try await with(["bea", "cleo"]) { scenario, people in
            let weighty = try await people[0].change(.enrolPasskey(scenario.owner)).change
            let removal = try await people[1].change(.disablePerson(people[0].id)).change
            #expect(try await people[2].confirm(removal).change.status == .applied)
            #expect(try await people[1].confirm(weighty).change.status == .proposed)
            #expect(try await people[2].confirm(weighty).change.status == .applied)
        }
    }

    @Test func `whoever has not enrolled yet is no second administrator`() async throws {
        try await AuthorityFixture.withScenario { scenario in
            let spec = Change.PersonSpec(
                id: try Scenario.name("bea"), name: "Bea", roles: [.administrator], groups: [])
            let link = try #require(try await scenario.approver.change(.addPerson(spec)).enrolmentLink)
            let alone = try await scenario.approver.change(.disablePerson(scenario.owner))
            #expect(alone.change.status == .applied)
            // The number is looked at when somebody confirms, and not when it was proposed.
            let proposal = try await ProposeChange(scenario.authority).run(
                by: .operatorOfHost, change: .disablePerson(spec.id))
            let bea = try await TestPerson(spec.id, link: link, authority: scenario.authority)
            #expect(try await scenario.approver.confirm(proposal).change.status == .proposed)
            #expect(try await bea.confirm(proposal).change.status == .applied)
        }
    }
}
