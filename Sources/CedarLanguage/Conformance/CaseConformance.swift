import CanonicalEncoding

/// Requests with recorded answers.
enum CaseConformance {
    typealias Verdict = CedarConformance.Verdict

    /// What a record asks without saying so: principal `U::"a"`, action `Action::"x"`, resource `R::"r"`.
    private static func smallRequest(_ context: CedarRecord) -> CedarRequest {
        func uid(_ type: String, _ id: CedarString) -> EntityUID {
            EntityUID(type: EntityTypeName(unchecked: type), id: id)
        }
        return CedarRequest(
            principal: uid("U", "a"), action: uid("Action", "x"), resource: uid("R", "r"), context: context)
    }

    // MARK: Expressions and forms

    /// One expression as the condition of a permit.
    static func expression(_ record: ConformanceRecord) -> Verdict {
        guard let expression = record.text("expr"), let expected = record.text("expect") else {
            return .differs("`expr` and `expect` are needed")
        }
        let found: String
        do {
            let policies = try CedarPolicySet(parsing: "permit(principal, action, resource) when { \(expression) };")
            let context = try CedarRecord(json: record.value(record.member("context"))?.objectValue ?? JSONObject())
            let answer = policies.answer(smallRequest(context), CedarEntities())
            found = answer.failures.isEmpty ? (answer.decision == .allow ? "Allow" : "Deny") : "Deny error"
        } catch is CedarSyntaxError {
            found = "PARSE-ERR"
        } catch {
            return .differs("the context is refused: \(error)")
        }
        guard found.utf8.elementsEqual(expected.utf8) else {
            return .differs("\(expression): expected \(expected), found \(found)")
        }
        return .agrees(checks: 1)
    }

    /// A policy that has to parse or must not, and, linked if it is a template, what it answers.
    static func policyForm(_ record: ConformanceRecord) -> Verdict {
        guard let text = record.text("policy"), let expectNode = record.member("expect"),
            let expected = record.value(expectNode)
        else { return .differs("`policy` and `expect` are needed") }
        var policies: CedarPolicySet
        do {
            policies = try CedarPolicySet(parsing: text)
        } catch {
            return expected["parses"] == false ? .agrees(checks: 1) : .differs("\(text) is refused: \(error)")
        }
        guard expected["parses"] == true else { return .differs("\(text) has to be refused") }
        guard expected["template"]?.boolValue == !policies.templates.isEmpty else {
            return .differs("\(text): template or not is answered wrongly")
        }
        let request = smallRequest([:])
        for template in policies.templates {
            let values: [CedarSlot: EntityUID] = [.principal: request.principal, .resource: request.resource]
            do {
                try policies.link(template: template.id, as: "L", values.filter { template.slots.contains($0.key) })
            } catch {
                return .differs("\(text) cannot be linked: \(error)")
            }
        }
        let answer = policies.answer(request, CedarEntities())
        guard let difference = difference(answer, expected) else { return .agrees(checks: 2) }
        return .differs("\(text): \(difference)")
    }

    // MARK: Cases

    /// Policies, perhaps a schema, entities, and requests with their answers.
    static func requests(_ record: ConformanceRecord) -> Verdict {
        guard let text = record.text("policies") else { return .differs("`policies` are needed") }
        let name = record.text("name").map { "\($0): " } ?? ""
        do {
            let policies = try CedarPolicySet(parsing: text)
            let world = try ConformanceWorld(record, policies)
            var checks = 0
            if let difference = world.policyDifference(&checks) { return .differs(name + difference) }
            for (index, node) in record.elements(record.member("requests")).enumerated() {
                guard let request = record.value(node) else { return .differs("\(name)request \(index) is too deep") }
                let asked = try world.request(request)
                let answer = policies.answer(asked, world.entities)
                if let difference = difference(answer, request) ?? world.difference(of: asked, request, &checks) {
                    return .differs("\(name)request \(index): \(difference)")
                }
                checks += 1
            }
            return .agrees(checks: checks)
        } catch {
            return .differs("\(name)\(error)")
        }
    }

    /// Where decision, reasons and errors differ; errors are names or only their number.
    private static func difference(_ answer: CedarAnswer, _ expected: JSONValue) -> String? {
        let decision = expected["decision"]?.stringValue ?? ""
        guard decision.utf8.elementsEqual(answer.decision.rawValue.utf8) else {
            return "expected \(decision), found \(answer.decision.rawValue)"
        }
        let reasons = names(expected["reason"])
        guard reasons == Set(answer.determining) else {
            return "expected the reasons \(shown(reasons)), found \(shown(Set(answer.determining)))"
        }
        let failed = Set(answer.failures.map(\.policy))
        if let count = expected["errors"]?.integerValue {
            return count == failed.count ? nil : "expected \(count) errors, found \(shown(failed))"
        }
        let errors = names(expected["errors"])
        return errors == failed ? nil : "expected errors in \(shown(errors)), found \(shown(failed))"
    }

    private static func names(_ json: JSONValue?) -> Set<CedarString> {
        Set((json?.arrayValue ?? []).compactMap { $0.textValue.map { CedarString($0) } })
    }

    private static func shown(_ names: Set<CedarString>) -> String {
        "[\(names.sorted().map(\.string).joined(separator: ", "))]"
    }
}
