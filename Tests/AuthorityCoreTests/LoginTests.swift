import AuthorityCore
import AuthorityTestKit
import CanonicalEncoding
import DomainModel
import Testing
import WireProtocol

@Suite struct LoginTests {
    private static func finish(
        _ begun: IssuedCeremony, as person: TestPerson, in scenario: Scenario
    ) async throws -> OpenedSession {
        try await FinishLogin(scenario.authority).run(
            ceremony: begun.id.text, assertion: try person.answer(begun.options))
    }

    @Test func `a challenge signs in once, and a failed answer uses it up as well`() async throws {
        try await AuthorityFixture.withScenario { scenario in
            let ana = scenario.approver
            let good = try BeginLogin(scenario.authority).run()
            #expect(try await Self.finish(good, as: ana, in: scenario).viewer.person.id == ana.id)
            try await expectRefused(.ceremonyUnknown) { try await Self.finish(good, as: ana, in: scenario) }
            let spoilt = try BeginLogin(scenario.authority).run()
            try await expectRefused(.ceremonyRefused) {
                try await FinishLogin(scenario.authority).run(ceremony: spoilt.id.text, assertion: [:])
            }
            try await expectRefused(.ceremonyUnknown) { try await Self.finish(spoilt, as: ana, in: scenario) }
        }
    }

    @Test func `of many who answer one challenge at the same time one signs in`() async throws {
        try await AuthorityFixture.withScenario { scenario in
            let begun = try BeginLogin(scenario.authority).run()
            let answer = try scenario.approver.answer(begun.options)
            let signedIn = await withTaskGroup(of: Bool.self) { group in
                for _ in 0..<16 {
                    group.addTask {
                        let finish = FinishLogin(scenario.authority)
                        return (try? await finish.run(ceremony: begun.id.text, assertion: answer)) != nil
                    }
                }
                return await group.reduce(into: 0) { $0 += $1 ? 1 : 0 }
            }
            #expect(signedIn == 1)
        }
    }

    @Test(arguments: [(Int64(299_999), ProblemCode?.none), (300_000, .challengeExpired), (-1, .challengeExpired)])
    func `a challenge is good for five minutes`(delay: Int64, code: ProblemCode?) async throws {
        try await AuthorityFixture.withScenario { scenario in
            let begun = try BeginLogin(scenario.authority).run()
            scenario.clock.advance(milliseconds: delay)
            let error = try await refusal { try await Self.finish(begun, as: scenario.approver, in: scenario) }
            #expect(error?.code == code)
        }
    }

    @Test func `an id that we did not issue is unknown, one of another process included`() async throws {
        try await AuthorityFixture.withScenario { scenario in
            let begun = try BeginLogin(scenario.authority).run()
            let answer = try scenario.approver.answer(begun.options)
            let digits = Array(begun.id.text.utf8)
            // The last character of the time, of the salt and of the tag.
            for position in [13, 23, digits.count - 2] {
                var changed = digits
                changed[position] = changed[position] == UInt8(ascii: "0") ? UInt8(ascii: "1") : UInt8(ascii: "0")
                try await expectRefused(.ceremonyUnknown) {
                    try await FinishLogin(scenario.authority).run(
                        ceremony: try #require(Text(utf8: changed)), assertion: answer)
                }
            }
            let foreign = try AuthorityFixture()
            let other = try BeginLogin(foreign.authority).run()
            try await expectRefused(.ceremonyUnknown) {
                try await Self.finish(other, as: scenario.approver, in: scenario)
            }
            try await foreign.close()
        }
    }
}
