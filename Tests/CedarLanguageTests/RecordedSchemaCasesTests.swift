import CanonicalEncoding
import CedarLanguage
import Testing

@Suite(.enabled(if: RecordedCases.isPresent))
struct RecordedSchemaCasesTests {
    /// What is wrong with our answers to a recorded case; empty when all agree.
    private func differences(_ record: JSONValue) throws -> [String] {
        let schema = try CedarSchema(cedar: record["schema"]?.stringValue ?? "")
        let policies = try CedarPolicySet(parsing: record["policies"]?.stringValue ?? "")
        let entities = try schema.entities(json: record["entities"] ?? [])
        var differences: [String] = []
        let isValid = schema.validate(policies).isValid
        if let expected = record["shouldValidate"]?.boolValue, expected != isValid {
            differences.append("valid: \(isValid)")
        }
        for (index, request) in (record["requests"]?.arrayValue ?? []).enumerated() {
            let action = try EntityUID(json: request["action"] ?? nil)
            let context = try schema.context(json: request["context"]?.objectValue ?? JSONObject(), for: action)
            let asked = try CedarRequest(
                principal: EntityUID(json: request["principal"] ?? nil), action: action,
                resource: EntityUID(json: request["resource"] ?? nil), context: context)
            if request["validateRequest"] == true { try schema.validate(asked) }
            if !RecordedCases.agrees(policies.answer(asked, entities), with: request) {
                differences.append("request \(index)")
            }
        }
        return differences
    }

    @Test func `all recorded cases are answered and validated as recorded, with their schema`() async throws {
        var (requests, failed): (Int, [String]) = (0, [])
        for record in try await RecordedCases.lines("visible.jsonl.gz") {
            let name = record["name"]?.stringValue ?? "?"
            requests += record["requests"]?.arrayValue?.count ?? 0
            do {
                failed += try differences(record).map { "\(name): \($0)" }
            } catch {
                failed.append("\(name): \(error)")
            }
        }
        #expect(failed.isEmpty)
        #expect(requests == 13_610)
    }

    @Test func `recorded schemas are the same after a way through JSON and back through text`() async throws {
        for record in try await RecordedCases.lines("visible.jsonl.gz") {
            let schema = try CedarSchema(cedar: record["schema"]?.stringValue ?? "")
            let again = try CedarSchema(json: schema.json)
            #expect(again.json == schema.json)
            #expect(try CedarSchema(cedar: again.cedarText()).json == schema.json)
        }
    }
}
