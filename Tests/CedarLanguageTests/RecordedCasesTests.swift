import CanonicalEncoding
import CedarLanguage
import Foundation
import Testing

@Suite struct RecordedCasesPresenceTests {
    @Test func `the recorded cases are there where everything is tested`() {
        guard !RecordedCases.isPresent else { return }
        #expect(ProcessInfo.processInfo.environment["CI"] != "true", "SHARED_VECTORS names where they lie")
        print("skipped: the recorded cases of Cedar are not beside this checkout")
    }
}

@Suite(.enabled(if: RecordedCases.isPresent))
struct RecordedCasesTests {
    /// Members of a record that mean something else with a schema: implicit entities and extension values.
    private func needsSchema(_ json: JSONValue) -> Bool {
        switch json {
        case .array(let elements): return elements.contains(where: needsSchema)
        case .object(let object):
            if object["__entity"] != nil || object["__extn"] != nil { return false }
            if object.count == 2, object["type"] != nil, object["id"] != nil { return true }
            return object.members.contains { needsSchema($0.value) }
        default: return false
        }
    }

    @Test func `recorded requests that need no schema are answered as recorded`() async throws {
        var (passed, skipped, failed): (Int, Int, [String]) = (0, 0, [])
        for record in try await RecordedCases.lines("visible.jsonl.gz") {
            let requests = record["requests"]?.arrayValue ?? []
            let name = record["name"]?.stringValue ?? "?"
            let entityData = (record["entities"]?.arrayValue ?? []).flatMap { [$0["attrs"] ?? nil, $0["tags"] ?? nil] }
            let entities: CedarEntities
            let policies = try CedarPolicySet(parsing: record["policies"]?.stringValue ?? "")
            do {
                entities = try CedarEntities(json: record["entities"] ?? [])
            } catch {
                failed.append("\(name): \(error)")
                continue
            }
            for (index, request) in requests.enumerated() {
                if let answer = try? RecordedCases.answer(request, policies, entities),
                    RecordedCases.agrees(answer, with: request)
                {
                    passed += 1
                } else if entityData.contains(where: needsSchema) || needsSchema(request["context"] ?? nil) {
                    skipped += 1
                } else {
                    failed.append("\(name) request \(index)")
                }
            }
        }
        #expect(failed.isEmpty, "\(passed) passed, \(skipped) need a schema")
        // The other 13 write entities in forms that only a schema explains.
        #expect(passed >= 13_597)
    }

    @Test func `recorded sets of several policies are answered as recorded`() async throws {
        var passed = 0
        for record in try await RecordedCases.lines("gaps-sample.jsonl.gz") where record["kind"] == "multi-policy" {
            let policies = try CedarPolicySet(parsing: record["policies"]?.stringValue ?? "")
            let entities = try CedarEntities(json: record["entities"] ?? [])
            for request in record["requests"]?.arrayValue ?? [] {
                let answer = try RecordedCases.answer(request, policies, entities)
                #expect(RecordedCases.agrees(answer, with: request))
                passed += 1
            }
        }
        #expect(passed > 0)
    }

    @Test func `recorded expressions are answered as recorded`() async throws {
        var passed = 0
        for record in try await RecordedCases.lines("gaps-sample.jsonl.gz") where record["kind"] == "expression" {
            let expression = record["expr"]?.stringValue ?? ""
            let found = Ask.expression(expression, context: record["context"]?.objectValue ?? JSONObject())
            #expect(found == record["expect"]?.stringValue, "\(expression)")
            passed += 1
        }
        #expect(passed > 0)
    }

    @Test func `recorded forms of policies are accepted, refused and linked as recorded`() async throws {
        var passed = 0
        for record in try await RecordedCases.lines("gaps-sample.jsonl.gz") where record["kind"] == "policy-form" {
            let text = record["policy"]?.stringValue ?? ""
            let expected = record["expect"] ?? nil
            passed += 1
            guard var policies = try? CedarPolicySet(parsing: text) else {
                #expect(expected["parses"] == false, "\(text)")
                continue
            }
            #expect(expected["parses"] == true, "\(text)")
            #expect(expected["template"]?.boolValue == !policies.templates.isEmpty, "\(text)")
            for template in policies.templates {
                let values = [CedarSlot.principal: Ask.principal, .resource: Ask.resource]
                try policies.link(template: template.id, as: "L", values.filter { template.slots.contains($0.key) })
            }
            let answer = policies.answer(Ask.request(), CedarEntities())
            #expect(RecordedCases.agrees(answer, with: expected), "\(text)")
        }
        #expect(passed > 0)
    }
}
