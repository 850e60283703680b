import CanonicalEncoding
import CedarLanguage

/// What has to hold for whatever comes in. A property that does not hold stops the program, which libFuzzer records.
enum Properties {
    private static func demand(_ isTrue: Bool, _ rule: String) {
        precondition(isTrue, rule)
    }

    private static func parsed(_ text: String, _ rule: String) -> CedarPolicySet {
        do {
            return try CedarPolicySet(parsing: text)
        } catch {
            preconditionFailure("\(rule): \(error)\n\(text)")
        }
    }

    private static func same(_ left: String, _ right: String) -> Bool { left.utf8.elementsEqual(right.utf8) }

    /// Text that parses prints, formats, converts and evaluates.
    static func policyText(_ text: String) {
        guard let policies = try? CedarPolicySet(parsing: text) else { return }
        let json = policies.json
        let printed = parsed(policies.text, "printed text parses")
        demand(same(printed.json, json) || !policies.templates.isEmpty, "printed text means the same")
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

    static func entityJSON(_ text: String) {
        guard let entities = try? CedarEntities(json: text) else { return }
        guard let policies = try? CedarPolicySet(parsing: questions) else { preconditionFailure("own text parses") }
        _ = policies.answer(request(["a": .string("b")]), entities)
    }

    /// The pattern up to the first line feed, then the text; compared with the obvious matcher.
    static func likePattern(_ input: String) {
        let parts = input.unicodeScalars.split(separator: "\n", maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.count == 2, !parts[0].contains(where: { $0 == "\\" || $0 == "\"" || $0 == "\r" }) else { return }
        let (pattern, text) = (Array(parts[0]), Array(parts[1]))
        guard pattern.count < 200, text.count < 2000 else { return }
        let condition = "context.a like \"\(String(String.UnicodeScalarView(pattern)))\""
        let policies = parsed("permit(principal, action, resource) when { \(condition) };", "a pattern parses")
        let found = policies.answer(
            request(["a": .string(CedarString(String(String.UnicodeScalarView(text))))]), CedarEntities())
        demand((found.decision == .allow) == matches(pattern, text), "a pattern matches what it says")
        let pieces = CedarString(String(decoding: Array(condition.utf8), as: UTF8.self))
        demand(same(pieces.string, condition), "bytes stay")
    }

    /// Which beginnings of the text match, one element of the pattern after the other.
    private static func matches(_ pattern: [Unicode.Scalar], _ text: [Unicode.Scalar]) -> Bool {
        var reached = Array(repeating: false, count: text.count + 1)
        reached[0] = true
        for element in pattern {
            var next = Array(repeating: false, count: text.count + 1)
            for index in 0...text.count {
                if element == "*" {
                    next[index] = reached[index] || (index > 0 && next[index - 1])
                } else if index > 0 {
                    next[index] = reached[index - 1] && text[index - 1] == element
                }
            }
            reached = next
        }
        return reached[text.count]
    }

    // MARK: Questions

    private static let questions = """
        permit (principal in U::"b", action, resource is R) when { principal has a.b && resource.hasTag("t") };
        forbid (principal, action, resource) when { principal.a == resource.getTag("t") || [principal.a].contains(1) };
        """

    private static func request(_ context: CedarRecord) -> CedarRequest {
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
