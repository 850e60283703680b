import ApprovalPolicy
import AuthorityCore
import AuthorityTestKit
import CanonicalEncoding
import DomainModel
import OperatorVerbs
import Testing

@Suite struct RecordedQuestionsTests {
    @Test func `the set in force answers recorded requests as it did`() async throws {
        try await AuthorityFixture.withScenario { scenario in
            _ = try await scenario.agent.open(Scenario.deletion)
            _ = try await scenario.agent.open(Scenario.update)
            let recorded = try RecordedQuestions(directory: scenario.fixture.directory + "/data").read()
            #expect(recorded.documents.count == 2 && recorded.leftOut == 0)
            let outcomes = recorded.documents.map { $0["recorded"]?["outcome"]?.textValue ?? "" }
            #expect(outcomes.sorted() == ["approval", "review"])
            for document in recorded.documents {
                #expect(document["agent"]?["owner_groups"] == ["operators"])
                var object = try #require(document.objectValue)
                object["recorded"] = nil
                object["request"] = nil
                let facts = try PolicyFacts(json: .object(object))
                let set = try PolicySet(source: Scenario.policy, groups: nil)
                let answer = PolicyScenario.Answer(set.evaluate(facts))
                #expect(answer.outcome == document["recorded"]?["outcome"]?.textValue)
                let reasons = document["recorded"]?["reasons"]?.arrayValue?.compactMap(\.textValue)
                #expect(answer.reasons == reasons?.sorted())
            }
        }
    }

    @Test func `a recorded request says how often its task was handed on`() async throws {
        try await AuthorityFixture.withScenario { scenario in
            var parent = try #require(RequestID("req_\(Text(String(repeating: "0", count: 36)))"))
            for depth in 1...18 as ClosedRange<Int64> {
                let task: JSONObject = ["task": ["id": "t", "parent": .string(parent.text)]]
                parent = try await scenario.agent.open(Scenario.reading, more: task).id
                let recorded = try RecordedQuestions(directory: scenario.fixture.directory + "/data").read()
                let document = recorded.documents.first { $0["request"]?.textValue == parent.text }
                #expect(document?["caller"]?["delegation_depth"]?.integerValue == min(depth, 16))
                #expect(document?["claimed"]?["task"] == "t")
            }
        }
    }
}
