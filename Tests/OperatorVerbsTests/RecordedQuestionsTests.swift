import ApprovalPolicy
import AuthorityCore
import AuthorityTestKit
import CanonicalEncoding
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
}
