import ApprovalPolicy
import CanonicalEncoding
import DomainModel
import Testing

@Suite struct PolicyScenarioTests {
    private static let text: Text = """
        @id("small") permit (principal, action, resource) when { context.input.amount <= 100 };
        @id("large") @tier("approval") @approvers("finance") @quorum("2")
        forbid (principal, action, resource)
        when { context.input.amount > 10 }
        unless { context has approval && context.approval.hasTag("finance") &&
                 context.approval.getTag("finance") >= 2 };
        @id("other") forbid (principal, action == Countersign::Action::"x___y", resource);
        """
    private static func scenario(_ members: JSONObject) throws -> PolicyScenario {
        var object: JSONObject = ["name": "a", "tool": ["server": "payments", "name": "refund"]]
        for member in members.members { object[member.name] = member.value }
        return try PolicyScenario(json: .object(object))
    }

    private func differences(_ members: JSONObject) throws -> [Text] {
        let scenario = try Self.scenario(members)
        let found = PolicyScenario.Answer(try PolicySet(source: Self.text, groups: nil).evaluate(scenario.facts))
        return scenario.differences(from: found).map(\.member)
    }

    @Test func `only what is written is compared`() throws {
        #expect(try differences(["input": ["amount": 5], "outcome": "allow"]) == [])
        #expect(try differences(["input": ["amount": 5], "outcome": "review"]) == ["outcome"])
        #expect(try differences(["input": ["amount": 5], "outcome": "allow", "reasons": ["x"]]) == ["reasons"])
        #expect(try differences(["input": ["amount": 500], "outcome": "deny", "denial": "noPermit"]) == [])
        #expect(try differences(["input": ["amount": 500], "outcome": "deny", "denial": "forbidden"]) == ["denial"])
    }

    @Test func `a requirement is compared member by member`() throws {
        let input: JSONValue = ["amount": 50]
        let right: JSONValue = ["groups": ["finance": 2], "assurance": 1]
        #expect(try differences(["input": input, "outcome": "approval", "requirement": right]) == [])
        let wrong: JSONValue = ["groups": ["finance": 1], "ttl_seconds": 900]
        #expect(
            try differences(["input": input, "outcome": "approval", "requirement": wrong]) == ["requirement.groups"])
    }

    @Test func `an approval is counted by group`() throws {
        let two: JSONValue = ["groups": ["finance": 2]]
        #expect(try differences(["input": ["amount": 50], "approval": two, "outcome": "allow"]) == [])
        let one: JSONValue = ["groups": ["finance": 1]]
        #expect(try differences(["input": ["amount": 50], "approval": one, "outcome": "approval"]) == [])
    }

    @Test(
        arguments: [
            ["outcome": "maybe"], [:], ["outcome": "deny", "denial": "often"], ["outcome": "allow", "imput": [:]],
            ["outcome": "allow", "time": "today"], ["outcome": "allow", "agent": ["nmae": "x"]],
            ["outcome": "allow", "tool": ["server": "A B", "name": "x"]],
            ["outcome": "allow", "expect": ["rows": ["below": 1]]],
        ] as [JSONObject])
    func `a scenario that says something else is refused`(members: JSONObject) {
        #expect(throws: MemberError.self) { try Self.scenario(members) }
    }

    @Test func `an explanation names rule, scope and clause`() throws {
        let scenario = try Self.scenario(["input": ["amount": 50], "outcome": "approval"])
        let set = try PolicySet(source: Self.text, groups: nil)
        let entries = try #require(set.explain(scenario.facts)).entries
        #expect(entries.map(\.name) == ["small", "large", "other"])
        #expect(entries.map(\.standing) == [.fired, .fired, .elsewhere])
        #expect(entries[1].clauses.map(\.holds) == [true, true])
        #expect(entries[2].unmet == ["action"])
        let broken = try #require(set.explain(Self.scenario(["outcome": "deny"]).facts)).entries
        #expect(broken.map(\.standing) == [.failed, .failed, .elsewhere])
        #expect(broken[0].clauses.map(\.holds) == [nil])
    }
}
