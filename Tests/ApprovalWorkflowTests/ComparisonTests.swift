import ApprovalWorkflow
import CanonicalEncoding
import DomainModel
import Testing

@Suite struct ComparisonTests {
    static let digest = Digest(sha256: [1])

    static func judge(
        _ expectations: [Expectation], _ observed: JSONObject, outcome: Completion.Outcome = .succeeded,
        executed: Digest = digest
    ) -> ComparisonVerdict {
        let action = Action(
            tool: ToolReference(server: "db", name: "sql"), resource: ResourceReference(type: "Database", id: "orders"),
            environment: "prod", arguments: [:], expectations: expectations, deadlineSeconds: 60)
        let completion = Completion(outcome: outcome, observed: observed, observer: .executor, at: Sample.now)
        return Comparison.judge(completion, of: action, executedDigest: executed, approved: digest)
    }

    @Test func `another digest differs whatever the outcome`() {
        for outcome in Completion.Outcome.allCases {
            let verdict = Self.judge([], [:], outcome: outcome, executed: Digest(sha256: [2]))
            #expect(verdict == .differs(.digest))
        }
    }

    @Test func `what is reported as failed or without effect is that`() {
        let rows = Expectation(observation: "rows", bound: .equals, value: "1")
        #expect(Self.judge([rows], [:], outcome: .failed) == .failed)
        #expect(Self.judge([rows], ["rows": 9], outcome: .noEffect) == .noEffect)
        #expect(ComparisonVerdict.failed.event == .failedWithoutEffect(.executorReportedFailure))
        #expect(ComparisonVerdict.noEffect.event == .failedWithoutEffect(.hadNoEffect))
        #expect(ComparisonVerdict.agrees.event == .completedAsAgreed)
        #expect(ComparisonVerdict.differs(.digest).event == .differed)
    }

    @Test func `what was expected and not observed differs`() {
        let rows = Expectation(observation: "rows", bound: .atMost, value: "10")
        #expect(Self.judge([rows], [:]) == .differs(.notObserved("rows")))
        #expect(Self.judge([rows], ["rows": nil]) == .differs(.notObserved("rows")))
        #expect(Self.judge([rows], ["ROWS": 1]) == .differs(.notObserved("rows")))
    }

    @Test func `every expectation must hold, and nothing else matters`() {
        let bounds = [
            Expectation(observation: "rows", bound: .atLeast, value: "1"),
            Expectation(observation: "rows", bound: .atMost, value: "3"),
            Expectation(observation: "exit_status", bound: .equals, value: "0"),
        ]
        #expect(Self.judge(bounds, ["rows": 2, "exit_status": 0, "more": "x"]) == .agrees)
        #expect(Self.judge(bounds, ["rows": "2", "exit_status": "0"]) == .agrees)
        #expect(Self.judge(bounds, ["rows": 4, "exit_status": 0]) == .differs(.outOfBounds(bounds[1], observed: "4")))
        #expect(Self.judge(bounds, ["rows": 0, "exit_status": 0]) == .differs(.outOfBounds(bounds[0], observed: "0")))
        #expect(Self.judge(bounds, ["rows": 2, "exit_status": 1]) == .differs(.outOfBounds(bounds[2], observed: "1")))
        #expect(Self.judge([], [:]) == .agrees)
    }

    @Test(
        arguments: [
            ("9223372036854775808", "9223372036854775807", false), ("9223372036854775807", "9223372036854775808", true),
            ("100000000000000000000000000000000000001", "100000000000000000000000000000000000000", false),
            ("99999999999999999999999999999999999999", "100000000000000000000000000000000000000", true),
            ("-1", "0", true), ("0", "-1", false), ("-2", "-1", true), ("-1", "-2", false), ("-0", "0", true),
            ("0", "-0", true), ("007", "7", true), ("8", "07", false), ("+7", "7", true),
            ("-100000000000000000000", "-99999999999999999999", true),
        ] as [(Text, Text, Bool)])
    func `bounds compare whole numbers of any size exactly`(observed: Text, bound: Text, isAtMost: Bool) {
        let atMost = Expectation(observation: "n", bound: .atMost, value: bound)
        #expect((Self.judge([atMost], ["n": .string(observed)]) == .agrees) == isAtMost)
        let atLeast = Expectation(observation: "n", bound: .atLeast, value: observed)
        #expect((Self.judge([atLeast], ["n": .string(bound)]) == .agrees) == isAtMost)
    }

    @Test(arguments: ["", "-", "+", "1.0", "1e3", " 1", "1 ", "0x1", "１", "--1", "many"] as [Text])
    func `what is no whole number is within no bound`(observed: Text) {
        for bound in [Expectation.Bound.atMost, .atLeast] {
            let expectation = Expectation(observation: "n", bound: bound, value: "5")
            #expect(Self.judge([expectation], ["n": .string(observed)]) == .differs(.notComparable("n")))
        }
    }

    @Test func `only scalars are compared, byte for byte`() {
        let equals = Expectation(observation: "v", bound: .equals, value: "true")
        #expect(Self.judge([equals], ["v": true]) == .agrees)
        #expect(Self.judge([equals], ["v": "true"]) == .agrees)
        #expect(Self.judge([equals], ["v": "True"]) == .differs(.outOfBounds(equals, observed: "True")))
        for value: JSONValue in [["true"], ["true": true], .double(0.5)] {
            #expect(Self.judge([equals], ["v": value]) == .differs(.notComparable("v")))
        }
        let composed = Expectation(observation: "v", bound: .equals, value: "caf\u{E9}")
        #expect(Self.judge([composed], ["v": "cafe\u{301}"]) != .agrees)
    }
}
