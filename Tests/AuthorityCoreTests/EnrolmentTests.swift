import AuthorityCore
import AuthorityPorts
import AuthorityTestKit
import CanonicalEncoding
import DemoScenario
import DomainModel
import SecretMaterial
import Testing
import WireProtocol

@Suite struct EnrolmentTests {
    /// The link of an administrator who is the first.
    private func first(_ fixture: AuthorityFixture) async throws -> Secret<Text> {
        try #require(
            try await OpenFirstEnrolment(fixture.authority).run(
                person: try Scenario.name("ana"), name: "Ana", groups: []))
    }

    private func withFixture(_ body: (AuthorityFixture) async throws -> Void) async throws {
        let fixture = try AuthorityFixture()
        try await body(fixture)
        try await fixture.close()
    }

    @Test func `the first link enrols once, and the log marks who was first`() async throws {
        try await withFixture { fixture in
            let link = try await first(fixture)
            #expect(try await !fixture.authority.hasAdministrator())
            let ana = try await TestPerson(try Scenario.name("ana"), link: link, authority: fixture.authority)
            #expect(try await ana.viewer().isAdministrator)
            try await expectRefused(.linkInvalid) {
                try await TestPerson(ana.id, link: link, authority: fixture.authority)
            }
            #expect(try await fixture.entries(of: "passkey.enrolled").first?["body"]?["first_administrator"] == true)
        }
    }

    @Test(arguments: [(Int64(899_999), true), (900_000, false)])
    func `the first link is good for fifteen minutes`(delay: Int64, isGood: Bool) async throws {
        try await withFixture { fixture in
            let link = try await first(fixture)
            fixture.clock.advance(milliseconds: delay)
            let error = try await refusal {
                try await TestPerson(try Scenario.name("ana"), link: link, authority: fixture.authority)
            }
            #expect(error?.code == (isGood ? nil : .linkInvalid))
        }
    }

    @Test func `of two browsers with one link, one enrols`() async throws {
        try await withFixture { fixture in
            let token = TestPerson.token(of: try await first(fixture))
            let authority = fixture.authority
            var keys = [SoftwareAuthenticator(), SoftwareAuthenticator()]
            var answers: [(Text, JSONValue)] = []
            for index in keys.indices {
                let begun = try await BeginEnrolment(authority).run(linkToken: token)
                let answer = try keys[index].create(
                    options: begun.ceremony.options, origin: fixture.settings.consoleOrigin)
                answers.append((begun.ceremony.id.text, answer))
            }
            let finish = FinishEnrolment(authority)
            _ = try await finish.run(linkToken: token, ceremony: answers[0].0, registration: answers[0].1)
            try await expectRefused(.linkInvalid) {
                try await finish.run(linkToken: token, ceremony: answers[1].0, registration: answers[1].1)
            }
            let id: PersonID = try Scenario.name("ana")
            #expect(try await fixture.read { try $0.passkeys(of: id).count } == 1)
        }
    }

    @Test func `a link for one person enrols nobody else, and without user verification nobody`() async throws {
        try await AuthorityFixture.withScenario { scenario in
            let authority = scenario.authority
            let link = try #require(try await scenario.approver.change(.enrolPasskey(scenario.owner)).enrolmentLink)
            let spec = Change.PersonSpec(id: try Scenario.name("bob"), name: "Bob", roles: [.approver], groups: [])
            let other = try #require(try await scenario.approver.change(.addPerson(spec)).enrolmentLink)
            let begun = try await BeginEnrolment(authority).run(linkToken: TestPerson.token(of: link))
            var key = SoftwareAuthenticator()
            let answer = try key.create(
                options: begun.ceremony.options, origin: scenario.fixture.settings.consoleOrigin)
            try await expectRefused(.linkInvalid) {
                try await FinishEnrolment(authority).run(
                    linkToken: TestPerson.token(of: other), ceremony: begun.ceremony.id.text, registration: answer)
            }
            try await expectRefused(.ceremonyRefused) {
                try await TestPerson(spec.id, link: other, authority: authority) { $0.isUserVerified = false }
            }
            // What failed used nothing up but its challenge.
            _ = try await TestPerson(spec.id, link: other, authority: authority)
        }
    }

    @Test func `a disabled person signs in no more and enrols nothing`() async throws {
        try await AuthorityFixture.withScenario { scenario in
            let bob = try await scenario.add("bob")
            try await scenario.approver.change(.enrolPasskey(bob.id))
            let link = try #require(try await TakeEnrolmentLink(scenario.authority).run(try await bob.viewer()))
            try await scenario.approver.change(.disablePerson(bob.id))
            await #expect(throws: TestPerson.SignedOut.self) { try await bob.viewer() }
            try await expectRefused(.linkInvalid) {
                try await TestPerson(bob.id, link: link, authority: scenario.authority)
            }
            let login = try BeginLogin(scenario.authority).run()
            try await expectRefused(.ceremonyRefused) {
                try await FinishLogin(scenario.authority).run(
                    ceremony: login.id.text, assertion: try bob.answer(login.options))
            }
        }
    }

    @Test func `a session ends with its time, with signing out, and looks at nothing with another's cookie`()
        async throws
    {
        try await AuthorityFixture.withScenario { scenario in
            let ana = scenario.approver
            let read = ReadSession(scenario.authority)
            for cookie in [nil, "", "AAAA", Text(String(repeating: "A", count: 5000))] as [Text?] {
                #expect(try await read.run(cookie: cookie)?.person == nil)
            }
            let end = try await ana.viewer().sessionExpiresAt
            scenario.clock.advance(milliseconds: end.milliseconds - scenario.clock.now.milliseconds - 1)
            _ = try await ana.viewer()
            scenario.clock.advance(milliseconds: 1)
            await #expect(throws: TestPerson.SignedOut.self) { try await ana.viewer() }
        }
    }

    @Test func `the link for a further passkey is shown to its person alone`() async throws {
        try await AuthorityFixture.withScenario { scenario in
            let (bob, cat) = (try await scenario.add("bob"), try await scenario.add("cat"))
            let take = TakeEnrolmentLink(scenario.authority)
            #expect(try await take.run(try await bob.viewer()) == nil)
            #expect(try await scenario.approver.change(.enrolPasskey(bob.id)).enrolmentLink == nil)
            #expect(try await take.run(try await cat.viewer()) == nil)
            #expect(try await take.run(try await scenario.approver.viewer()) == nil)
            let first = try #require(try await take.run(try await bob.viewer()))
            let second = try #require(try await take.run(try await bob.viewer()))
            try await expectRefused(.linkInvalid) {
                try await BeginEnrolment(scenario.authority).run(linkToken: TestPerson.token(of: first))
            }
            _ = try await TestPerson(bob.id, link: second, authority: scenario.authority)
            #expect(try await take.run(try await bob.viewer()) == nil)
            #expect(try await scenario.fixture.read { try $0.passkeys(of: bob.id).count } == 2)
        }
    }

    @Test func `taking the link makes its time no longer`() async throws {
        try await AuthorityFixture.withScenario { scenario in
            let bob = try await scenario.add("bob")
            try await scenario.approver.change(.enrolPasskey(bob.id))
            scenario.clock.advance(seconds: 60)
            _ = try #require(try await TakeEnrolmentLink(scenario.authority).run(try await bob.viewer()))
            let links = try await scenario.fixture.read { try $0.enrolmentLinks(of: bob.id) }
            let confirmed = try #require(links.dropFirst().first)
            #expect(links[0].expiresAt == confirmed.expiresAt && links[0].createdAt > confirmed.createdAt)
        }
    }
}
