import CanonicalEncoding
import CedarLanguage

/// What has to hold for whatever comes in. A property that does not hold stops the program, which libFuzzer records.
enum Properties {
    static func demand(_ isTrue: Bool, _ rule: String) {
        precondition(isTrue, rule)
    }

    static func parsed(_ text: String, _ rule: String) -> CedarPolicySet {
        do {
            return try CedarPolicySet(parsing: text)
        } catch {
            preconditionFailure("\(rule): \(error)\n\(text)")
        }
    }

    static func same(_ left: String, _ right: String) -> Bool { left.utf8.elementsEqual(right.utf8) }

    /// Text that parses prints, formats, converts and evaluates.
    static func policyText(_ text: String) {
        guard let policies = try? CedarPolicySet(parsing: text) else { return }
        let json = policies.json
        let printed = parsed(policies.text, "printed text parses")
        demandSame(printed.policies, policies.policies)
        demandSame(printed.templates, policies.templates)
        guard let formatted = try? CedarFormatter.format(text) else {
            preconditionFailure("what parses can be formatted")
        }
        demand(same(parsed(formatted, "formatted text parses").json, json), "formatted text means the same")
        demand((try? CedarFormatter.format(formatted)).map { same($0, formatted) } == true, "formatting twice is idle")
        do {
            demand(same(try CedarPolicySet(json: json).json, json), "the JSON form comes back")
        } catch {
            preconditionFailure("the JSON form is read: \(error)\n\(json)")
        }
        ask(policies)
        link(policies)
        FuzzWorld.validate(policies)
    }

    /// Names come from positions, which templates share with policies, so that only what they say is compared.
    private static func demandSame(_ printed: [CedarPolicy], _ read: [CedarPolicy]) {
        demand(printed.count == read.count, "every policy is printed")
        for (one, other) in zip(printed, read) { demand(same(one.json, other.json), "printed text means the same") }
    }

    /// Templates are linked, written and read again.
    private static func link(_ policies: CedarPolicySet) {
        guard !policies.templates.isEmpty else { return }
        var linked = policies
        let request = request([:])
        let values: [CedarSlot: EntityUID] = [.principal: request.principal, .resource: request.resource]
        for (number, template) in policies.templates.enumerated() {
            let filled = values.filter { template.slots.contains($0.key) }
            do {
                try linked.link(template: template.id, as: CedarString("link\(number)"), filled)
            } catch {
                preconditionFailure("a template is linked: \(error)")
            }
        }
        let again = parsed(linked.text, "linked policies are printed")
        demand(again.policies.count == linked.policies.count, "every linked policy is printed")
        do {
            demand(same(try CedarPolicySet(json: linked.json).json, linked.json), "links come back")
        } catch {
            preconditionFailure("links are read again: \(error)")
        }
        ask(linked)
    }

    /// A JSON form that is read prints and comes back.
    static func policyJSON(_ text: String) {
        guard let policies = try? CedarPolicySet(json: text) else { return }
        do {
            demand(same(try CedarPolicySet(json: policies.json).json, policies.json), "the JSON form comes back")
        } catch {
            preconditionFailure("the JSON form is read again: \(error)")
        }
        for policy in policies.policies + policies.templates {
            let printed = parsed(policy.text, "printed text parses")
            demand(printed.policies.count + printed.templates.count == 1, "one policy is printed as one")
            for other in printed.policies + printed.templates {
                demand(
                    same(other.json, policy.json),
                    "printed text means the same:\n\(policy.text)\n\(policy.json)\n\(other.json)")
            }
        }
        ask(policies)
    }

    // MARK: Questions

    static let questions = """
        permit (principal in U::"b", action, resource is R) when { principal has a.b && resource.hasTag("t") };
        forbid (principal, action, resource) when { principal.a == resource.getTag("t") || [principal.a].contains(1) };
        """

    static func request(_ context: CedarRecord) -> CedarRequest {
        func uid(_ type: String, _ id: String) -> EntityUID {
            guard let uid = EntityUID(type: type, id: id) else { preconditionFailure("\(type) is a type") }
            return uid
        }
        return CedarRequest(
            principal: uid("U", "a"), action: uid("Action", "x"), resource: uid("R", "r"), context: context)
    }

    private static func ask(_ policies: CedarPolicySet) {
        let answer = policies.answer(request(["a": ["b": 1].asValue]), CedarEntities())
        for failure in answer.failures { _ = failure.error.description }
        for policy in policies.policies { _ = policies.clauses(of: policy, request([:]), CedarEntities()) }
    }
}

extension [CedarString: Int64] {
    /// A record of numbers.
    fileprivate var asValue: CedarValue {
        .record(CedarRecord(map { CedarRecord.Member(name: $0.key, value: .long($0.value)) }))
    }
}
