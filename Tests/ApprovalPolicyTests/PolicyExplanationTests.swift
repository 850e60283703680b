import ApprovalPolicy
import CanonicalEncoding
import DomainModel
import Testing

@Suite struct PolicyExplanationTests {
    private func clauses(_ text: String, _ facts: Facts = Facts()) throws -> [PolicyExplanation.Clause] {
        let set = try PolicySet(source: Text("permit (principal, action, resource) \(text);"), groups: nil)
        return try #require(set.explain(facts.facts)?.entries.first?.clauses)
    }

    private static let lift = """
        unless { context has approval && context.approval.hasTag("finance") && context.approval.getTag("finance") >= 2 &&
          context.approval.assurance >= 2 && !context.approval.approvers.contains(principal.owner) }
        """

    @Test func `each part of a clause has its own outcome, and one of them decides`() throws {
        var facts = Facts()
        facts.approval = Facts.approval(["fred"], group: "finance", assurance: 1)
        let clause = try #require(try clauses(Self.lift, facts).first)
        #expect(clause.word == "unless" && clause.joint == "all of" && clause.holds == true)
        #expect(clause.parts.map(\.outcome) == [.yes, .yes, .no, .no, .yes])
        #expect(clause.parts.map(\.decides) == [false, false, true, false, false])
        #expect(clause.parts.map(\.line) == [1, 1, 1, 2, 2])
        #expect(clause.parts[2].text == "context.approval.getTag(\"finance\") >= 2")
        #expect(clause.parts[2].readings.map(\.expression) == ["context.approval.getTag(\"finance\")"])
        #expect(clause.parts[2].readings.map(\.value) == ["1"])
    }

    @Test func `what would err behind the part that decides is not asked`() throws {
        let clause = try #require(try clauses(Self.lift).first)
        #expect(clause.parts.map(\.outcome) == [.no, .unasked, .unasked, .unasked, .unasked])
        #expect(clause.parts.map(\.decides) == [true, false, false, false, false])
    }

    @Test func `a part that errs decides and says why`() throws {
        let clause = try #require(try clauses("when { 1 == 1 && context.input.no > 1 && true }").first)
        #expect(clause.holds == nil && clause.parts.map(\.outcome) == [.yes, .failed, .yes])
        #expect(clause.parts[1].decides && clause.parts[1].error == "there is no attribute `no`")
        #expect(clause.parts[1].readings.first?.value == "not there: there is no attribute `no`")
    }

    @Test func `an alternative is settled by the first that is true`() throws {
        let clause = try #require(try clauses("when { false || context.environment == \"prod\" || false }").first)
        #expect(clause.joint == "any of" && clause.parts.map(\.decides) == [false, true, false])
    }

    @Test func `where all parts are needed none decides alone`() throws {
        #expect(try clauses("when { 1 == 1 && 2 == 2 }")[0].parts.map(\.decides) == [false, false])
        #expect(try clauses("when { context.environment == \"prod\" }")[0].parts.count == 1)
    }

    @Test func `values are shown as policy text, long ones with what is left out`() throws {
        var facts = Facts()
        facts.input = [
            "a": .string(Text(String(repeating: "x", count: 500))), "b": .array((0..<20).map { .integer($0) }),
            "c": ["d": [true]],
        ]
        let text = """
            when { context.input.a != "" && context.input.b.contains(3) && context.input.c.d.contains(true) &&
              principal == Countersign::Agent::"x" && context.deadline < duration("1h") }
            """
        let parts = try clauses(text, facts)[0].parts
        let values = parts.flatMap(\.readings).map(\.value.string)
        #expect(values[0].hasSuffix("… (342 more)") && values[1].hasSuffix("… 12 more]"))
        #expect(values[2] == "[true]" && values[3] == "Countersign::Agent::\"billing-bot\"")
        #expect(values[4] == "duration(\"0ms\")")
    }

    @Test func `readings that do not fit are counted`() throws {
        let many = (0..<20).map { "context.input.a\($0)" }.joined(separator: " + ")
        let part = try clauses("when { \(many) > 1 }")[0].parts[0]
        #expect(part.readings.count == 12 && part.readingsLeftOut == 8)
    }
}
