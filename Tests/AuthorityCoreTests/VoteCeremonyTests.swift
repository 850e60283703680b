import AuthorityCore
import AuthorityTestKit
import CanonicalEncoding
import DemoScenario
import DomainModel
import Testing
import WireProtocol

@Suite struct VoteCeremonyTests {
    @Test func `an answer counts once`() async throws {
        try await AuthorityFixture.withScenario { scenario in
            let ana = scenario.approver
            let ceremony = try await ana.begin(.approve, on: try await scenario.pending().id)
            let assertion = try ana.answer(ceremony.options)
            _ = try await cast(ana, ceremony, assertion, in: scenario)
            try await expectRefused(.ceremonyUnknown) { try await cast(ana, ceremony, assertion, in: scenario) }
        }
    }

    @Test func `an answer to another ceremony is refused, and the ceremony is used up`() async throws {
        try await AuthorityFixture.withScenario { scenario in
            let ana = scenario.approver
            let (one, two) = (try await scenario.pending().id, try await scenario.pending().id)
            let pairs = [
                (try await ana.begin(.approve, on: one), try await ana.begin(.approve, on: two)),
                // An approve cannot become a deny, or the reverse.
                (try await ana.begin(.approve, on: one), try await ana.begin(.deny, on: one)),
                (try await ana.begin(.deny, on: one), try await ana.begin(.approve, on: one)),
            ]
            for (signed, sent) in pairs {
                let assertion = try ana.answer(signed.options)
                try await expectRefused(.ceremonyRefused) { try await cast(ana, sent, assertion, in: scenario) }
                try await expectRefused(.ceremonyUnknown) {
                    try await cast(ana, sent, try ana.answer(sent.options), in: scenario)
                }
            }
            #expect(try await scenario.fixture.votes(on: one).isEmpty)
        }
    }

    @Test func `nobody answers for somebody else`() async throws {
        try await AuthorityFixture.withScenario { scenario in
            let (ana, bob) = (scenario.approver, try await scenario.add("bob"))
            let id = try await scenario.pending().id
            let first = try await ana.begin(.approve, on: id)
            try await expectRefused(.ceremonyUnknown) {
                try await cast(bob, first, try ana.answer(first.options), in: scenario)
            }
            let second = try await ana.begin(.approve, on: id)
            var options = second.options.objectValue ?? [:]
            options["allowCredentials"] = []
            let assertion = try bob.answer(.object(options))
            try await expectRefused(.notEligible) { try await cast(ana, second, assertion, in: scenario) }
            #expect(try await scenario.fixture.votes(on: id).isEmpty)
        }
    }

    @Test func `without user verification, on another page, or with a rewound counter nothing is decided`() async throws
    {
        try await AuthorityFixture.withScenario { scenario in
            let ana = scenario.approver
            let id = try await scenario.pending().id
            try await ana.decide(.approve, on: try await scenario.pending().id)
            let one = try await ana.begin(.approve, on: id)
            let assertions = [
                try ana.answer(one.options) { $0.isUserVerified = false },
                try ana.answer(one.options) { $0.isUserPresent = false },
                try ana.answer(one.options) { $0.rpID = "example.org" },
                try ana.answer(one.options) { $0.clientData = ["origin": "http://localhost:9999"] },
                try ana.answer(one.options) { $0.clientData = ["type": "webauthn.create"] },
                try ana.answer(one.options) { $0.clientData = ["crossOrigin": true] },
                try ana.answer(one.options) { $0.counterStep = -100 },
            ]
            for (index, assertion) in assertions.enumerated() {
                let ceremony = index == 0 ? one : try await ana.begin(.approve, on: id)
                try await expectRefused(.ceremonyRefused) { try await cast(ana, ceremony, assertion, in: scenario) }
            }
            #expect(try await scenario.fixture.votes(on: id).isEmpty)
        }
    }

    @Test func `user verification is needed for denials too`() async throws {
        try await AuthorityFixture.withScenario { scenario in
            let ana = scenario.approver
            let id = try await scenario.pending().id
            let ceremony = try await ana.begin(.deny, on: id)
            let assertion = try ana.answer(ceremony.options) { $0.isUserVerified = false }
            try await expectRefused(.ceremonyRefused) { try await cast(ana, ceremony, assertion, in: scenario) }
            #expect(try await scenario.fixture.request(id).progress.status == .pending)
        }
    }

    @Test func `what is signed is what was shown, with every criterion confirmed`() async throws {
        try await AuthorityFixture.withScenario { scenario in
            let (ana, id) = (scenario.approver, try await scenario.pending().id)
            let other = Text(Digest(sha256: [1]).wire)
            try await expectRefused(.renderingChanged) {
                try await beginVote(ana, on: id, in: scenario, rendering: other)
            }
            try await expectRefused(.renderingChanged) {
                try await beginVote(ana, .deny, on: id, in: scenario, rendering: other)
            }
            try await expectRefused(.criteriaMissing) { try await beginVote(ana, on: id, in: scenario, criteria: []) }
            try await expectRefused(.criteriaMissing) {
                try await beginVote(ana, on: id, in: scenario, criteria: ["I know which order it iS"])
            }
            _ = try await beginVote(ana, .deny, on: id, in: scenario, criteria: [])
        }
    }

    @Test func `a challenge can be answered up to its end and not at it`() async throws {
        try await AuthorityFixture.withScenario { scenario in
            let ana = scenario.approver
            let (one, two) = (try await scenario.pending().id, try await scenario.pending().id)
            let (early, late) = (try await ana.begin(.approve, on: one), try await ana.begin(.approve, on: two))
            let seconds = scenario.fixture.settings.ceremonySeconds
            #expect(seconds <= 600)
            scenario.clock.advance(milliseconds: seconds * 1000 - 1)
            _ = try await cast(ana, early, try ana.answer(early.options), in: scenario)
            scenario.clock.advance(milliseconds: 1)
            try await expectRefused(.challengeExpired) {
                try await cast(ana, late, try ana.answer(late.options), in: scenario)
            }
            #expect(try await scenario.fixture.votes(on: two).isEmpty)
        }
    }

    @Test func `ceremonies of one kind are not accepted as another`() async throws {
        try await AuthorityFixture.withScenario { scenario in
            let ana = scenario.approver
            let id = try await scenario.pending().id
            let login = try BeginLogin(scenario.authority).run()
            try await expectRefused(.ceremonyUnknown) {
                try await cast(ana, login, try ana.answer(login.options), in: scenario)
            }
            let vote = try await ana.begin(.approve, on: id)
            try await expectRefused(.ceremonyUnknown) {
                try await FinishLogin(scenario.authority).run(
                    ceremony: vote.id.text, assertion: try ana.answer(vote.options))
            }
            let change = try await ProposeChange(scenario.authority).run(
                by: .viewer(try await ana.viewer()), change: .freeze(.everything, reason: "x"))
            let confirmation = try await BeginConfirmation(scenario.authority).run(
                try await ana.viewer(), change: change.id.text, decision: .approve)
            try await expectRefused(.ceremonyUnknown) {
                try await cast(ana, confirmation, try ana.answer(confirmation.options), in: scenario)
            }
            // The signature over a login's challenge, presented with the ceremony of a vote.
            let again = try BeginLogin(scenario.authority).run()
            let second = try await ana.begin(.approve, on: id)
            try await expectRefused(.ceremonyRefused) {
                try await cast(ana, second, try ana.answer(again.options), in: scenario)
            }
            #expect(try await scenario.fixture.votes(on: id).isEmpty)
        }
    }

    @Test func `what cannot be shown whole cannot be approved, but can be denied`() async throws {
        try await AuthorityFixture.withScenario { scenario in
            let blob = Text(String(repeating: "QUJD", count: 2000))
            let id = try await scenario.pending([
                "tool": ["server": "orders-db", "name": "execute"],
                "arguments": ["operation": "delete", "blob": .string(blob)],
            ]).id
            try await expectRefused(.notApprovable) { try await scenario.approver.begin(.approve, on: id) }
            #expect(try await scenario.approver.decide(.deny, on: id).progress.status == .denied)
        }
    }

    @Test(arguments: [JSONValue.null, [:], ["id": "x"], "approve"])
    func `a session alone never decides`(assertion: JSONValue) async throws {
        try await AuthorityFixture.withScenario { scenario in
            let id = try await scenario.pending().id
            for decision in Decision.allCases {
                let ceremony = try await scenario.approver.begin(decision, on: id)
                try await expectRefused(.ceremonyRefused) {
                    try await cast(scenario.approver, ceremony, assertion, in: scenario)
                }
            }
            #expect(try await scenario.fixture.request(id).progress.status == .pending)
        }
    }
}
