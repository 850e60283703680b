import AuthorityCore
import AuthorityTestKit
import CanonicalEncoding
import DemoScenario
import DomainModel
import SecretMaterial
import Testing
import WireProtocol

extension RoleMatrixTests {
    /// Nobody is signed in there: what counts is a link, or a passkey that is known.
    static let entranceActions: [Action] = [
        Action(name: "get an access token") { actor, scenario in
            guard let agent = actor.agent else {
                // Whoever has no key of an agent signs with one of their own.
                _ = try await TestAgent(
                    scenario.agent.id, key: .init(generating: .es256), authority: scenario.authority
                )
                .freshToken()
                return
            }
            _ = try await agent.freshToken()
        },
        Action(name: "sign in") { actor, scenario in
            let ceremony = try BeginLogin(scenario.authority).run()
            let assertion = try await answer(actor, ceremony.options, scenario)
            _ = try await FinishLogin(scenario.authority).run(ceremony: ceremony.id.text, assertion: assertion)
        },
        Action(name: "enrol without a link") { actor, scenario in
            _ = try await BeginEnrolment(scenario.authority).run(linkToken: actor.cookie ?? "none")
        },
        Action(name: "sign out") { actor, scenario in
            _ = try await viewer(actor, scenario)
            try await EndSession(scenario.authority).run(cookie: actor.cookie ?? "")
            #expect(try await ReadSession(scenario.authority).run(cookie: actor.cookie) == nil)
        },
        Action(name: "take an enrolment link that was confirmed for somebody else") { actor, scenario in
            let viewer = try await viewer(actor, scenario)
            let other = try await add("zoe", actor, scenario)
            _ = try await settle(.enrolPasskey(other.id), actor, scenario)
            // There may be one of the actor's own, which is another row.
            guard let link = try await TakeEnrolmentLink(scenario.authority).run(viewer),
                try await BeginEnrolment(scenario.authority).run(linkToken: TestPerson.token(of: link)).person.id
                    == other.id
            else { throw AuthorityError(.notFound, "no link of theirs") }
        },
        Action(name: "take an enrolment link of one's own") { actor, scenario in
            let viewer = try await viewer(actor, scenario)
            _ = try await settle(.enrolPasskey(viewer.person.id), actor, scenario)
            let link = try await TakeEnrolmentLink(scenario.authority).run(viewer)
            if link == nil { throw AuthorityError(.notFound, "no link") }
        },
    ]

    /// What ends with an assertion.
    static let finishingActions: [Action] = [
        vote("cast a vote to approve", .approve), vote("cast a vote to deny", .deny),
        Action(name: "cast a vote that somebody else signed") { actor, scenario in
            // Before the request: whoever enrols later cannot vote on it.
            let other = try await add("zoe", actor, scenario)
            let id = try await scenario.pending().id
            let ceremony = try await other.begin(.approve, on: id)
            let assertion = try other.answer(ceremony.options)
            _ = try await CastVote(scenario.authority).run(
                try await viewer(actor, scenario), ceremony: ceremony.id.text, assertion: assertion)
        },
        Action(name: "confirm a change") { actor, scenario in
            let change = try await freeze(scenario)
            let ceremony = try await BeginConfirmation(scenario.authority).run(
                try await viewer(actor, scenario), change: change.id.text, decision: .approve)
            let assertion = try await answer(actor, ceremony.options, scenario)
            _ = try await ConfirmChange(scenario.authority).run(
                try await viewer(actor, scenario), ceremony: ceremony.id.text, assertion: assertion)
        },
        Action(name: "confirm a change that somebody else signed") { actor, scenario in
            let change = try await freeze(scenario)
            let viewer = try await viewer(actor, scenario)
            let admin = try await add("zoe", roles: [.administrator], actor, scenario)
            let ceremony = try await BeginConfirmation(scenario.authority).run(
                try await admin.viewer(), change: change.id.text, decision: .approve)
            let assertion = try admin.answer(ceremony.options)
            _ = try await ConfirmChange(scenario.authority).run(
                viewer, ceremony: ceremony.id.text, assertion: assertion)
        },
    ]

    /// A change that two administrators have to confirm, as soon as the actor is the second one.
    private static func settle(
        _ change: Change, _ actor: Actor, _ scenario: Scenario
    ) async throws -> ConfirmChange.Answer {
        let answer = try await scenario.approver.change(change)
        guard answer.change.status == .proposed, let second = actor.person else { return answer }
        return try await second.confirm(answer.change)
    }

    private static func add(
        _ name: Text, roles: Set<Role> = [.approver], _ actor: Actor, _ scenario: Scenario
    ) async throws -> TestPerson {
        let id: PersonID = try Scenario.name(name)
        let spec = Change.PersonSpec(id: id, name: name, roles: roles, groups: [try Scenario.name("operators")])
        let link = try #require(try await settle(.addPerson(spec), actor, scenario).enrolmentLink)
        let person = try await TestPerson(id, link: link, authority: scenario.authority)
        scenario.clock.advance(seconds: 1)
        return person
    }

    private static func vote(_ name: String, _ decision: Decision) -> Action {
        Action(name: name) { actor, scenario in
            let id = try await pending(actor, scenario)
            let assessment = try await scenario.fixture.request(id).assessment
            let viewer = try await viewer(actor, scenario)
            let ceremony = try await BeginVote(scenario.authority).run(
                viewer, id: id.text, decision: decision, criteria: assessment.requirement?.criteria ?? [],
                renderingDigest: Text(assessment.renderingDigest.wire))
            let assertion = try await answer(actor, ceremony.options, scenario)
            _ = try await CastVote(scenario.authority).run(viewer, ceremony: ceremony.id.text, assertion: assertion)
        }
    }

    private static func freeze(_ scenario: Scenario) async throws -> ChangeProposal {
        try await ProposeChange(scenario.authority).run(
            by: .operatorOfHost, change: .freeze(.everything, reason: "stop"))
    }

    /// With the actor's own passkey; whoever has none takes one that nobody enrolled.
    private static func answer(_ actor: Actor, _ options: JSONValue, _ scenario: Scenario) async throws -> JSONValue {
        if let person = actor.person { return try person.answer(options) }
        let stranger = try await scenario.add("zoe")
        let own = try stranger.answer(options)
        try await scenario.approver.change(.disablePasskey(credentialID: stranger.credentialIDs[0]))
        return own
    }
}
