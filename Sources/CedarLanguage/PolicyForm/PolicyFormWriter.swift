import CanonicalEncoding

/// Writes policies in JSON, as bytes and without recursion: a long chain of `&&` nests thousands of levels deep.
struct PolicyFormWriter {
    private var output: [UInt8] = []

    var text: String { String(decoding: output, as: UTF8.self) }

    mutating func set(_ set: CedarPolicySet) {
        put("{\"staticPolicies\":{")
        policies(set.policies.filter { $0.link == nil })
        put("},\"templates\":{")
        policies(set.templates)
        put("},\"templateLinks\":[")
        var isFirst = true
        for policy in set.policies {
            guard let link = policy.link else { continue }
            if !isFirst { put(",") }
            isFirst = false
            put("{\"templateId\":\(Self.quoted(link.template)),\"newId\":\(Self.quoted(policy.id)),\"values\":{")
            let slots = link.values.sorted { $0.key.rawValue.utf8.first ?? 0 < $1.key.rawValue.utf8.first ?? 0 }
            put(slots.map { "\"?\($0.key.rawValue)\":\(Self.entity($0.value))" }.joined(separator: ","))
            put("}}")
        }
        put("]}")
    }

    private mutating func policies(_ policies: [CedarPolicy]) {
        for (index, policy) in policies.enumerated() {
            put(index == 0 ? "" : ",")
            put("\(Self.quoted(policy.id)):")
            self.policy(policy)
        }
    }

    mutating func policy(_ policy: CedarPolicy) {
        put("{\"effect\":\"\(policy.effect.rawValue)\",\"principal\":\(Self.constraint(policy.principal))")
        put(",\"action\":\(Self.constraint(policy.action)),\"resource\":\(Self.constraint(policy.resource))")
        put(",\"conditions\":[")
        let plan = FormPlan(policy.tree, roots: policy.conditions.map(\.root))
        for (index, condition) in policy.conditions.enumerated() {
            put(index == 0 ? "" : ",")
            put("{\"kind\":\"\(condition.isUnless ? "unless" : "when")\",\"body\":")
            expression(condition.root, plan)
            put("}")
        }
        put("]")
        if !policy.annotations.isEmpty {
            put(",\"annotations\":{")
            put(
                policy.annotations.map { "\(Self.quoted($0.name)):\($0.value.map(Self.quoted) ?? "null")" }
                    .joined(separator: ","))
            put("}")
        }
        put("}")
    }

    private mutating func expression(_ root: NodeIndex, _ plan: FormPlan) {
        var work: [FormPlan.Work] = [.node(root)]
        while let next = work.popLast() {
            switch next {
            case .raw(let text): put(text)
            case .node(let index): work += plan.steps(index).reversed()
            }
        }
    }

    private mutating func put(_ text: String) { output.append(contentsOf: text.utf8) }

    static func quoted(_ string: CedarString) -> String { CanonicalJSON.text(.string(string.text)) }

    static func entity(_ uid: EntityUID) -> String {
        "{\"type\":\(quoted(uid.type.name)),\"id\":\(quoted(uid.id))}"
    }

    private static func reference(_ reference: EntityReference) -> String {
        switch reference {
        case .entity(let uid): "\"entity\":\(entity(uid))"
        case .slot(let slot): "\"slot\":\"?\(slot.rawValue)\""
        }
    }

    private static func constraint(_ constraint: ScopeConstraint) -> String {
        switch constraint {
        case .any: return "{\"op\":\"All\"}"
        case .equal(let other): return "{\"op\":\"==\",\(reference(other))}"
        case .within(let other): return "{\"op\":\"in\",\(reference(other))}"
        case .withinAny(let uids):
            // A list of one is written as that one.
            if uids.count == 1 { return "{\"op\":\"in\",\(reference(.entity(uids[0])))}" }
            return "{\"op\":\"in\",\"entities\":[\(uids.map(entity).joined(separator: ","))]}"
        case .isType(let type): return "{\"op\":\"is\",\"entity_type\":\(quoted(type.name))}"
        case .isTypeWithin(let type, let other):
            return "{\"op\":\"is\",\"entity_type\":\(quoted(type.name)),\"in\":{\(reference(other))}}"
        }
    }
}

extension CedarPolicy {
    /// The policy or template in the JSON form of the language.
    public var json: String {
        var writer = PolicyFormWriter()
        writer.policy(self)
        return writer.text
    }
}

extension CedarPolicySet {
    /// The set in the JSON form of the language: `staticPolicies`, `templates`, `templateLinks`.
    public var json: String {
        var writer = PolicyFormWriter()
        writer.set(self)
        return writer.text
    }
}
