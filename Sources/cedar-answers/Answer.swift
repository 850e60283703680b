import CanonicalEncoding
import CedarLanguage

/// Answers questions about the policy language, one JSON object a line: what the differential test compares.
///
/// `schema` or `schemaJSON` is parsed; `policies`, `entities` and `requests` are answered, against the schema when there is
/// one. A member that could not be answered has its message under `errors`. `unsafe` are the policies that are not even valid in
/// permissive mode, `faults` those that erred in a way that valid ones cannot. `form` asks for the JSON form of the policies, and
/// `variants` are sets in that form, each to be read and to answer the same requests.
struct Answer {
    private let question: JSONObject
    private var reply = JSONObject()
    private var errors = JSONObject()

    /// The line that answers a line.
    static func reply(to line: String) -> String {
        let limits = JSONLimits(bytes: 64 << 20, stringBytes: 16 << 20)
        guard let question = (try? JSONReader.read(line, limits: limits))?.objectValue else { return "{}" }
        var answer = Answer(question: question)
        answer.fill()
        if !answer.errors.isEmpty { answer.reply["errors"] = .object(answer.errors) }
        return CanonicalJSON.text(.object(answer.reply))
    }

    private init(question: JSONObject) {
        self.question = question
    }

    private mutating func fill() {
        let schema = schema()
        let policies = policies()
        if let schema, let policies { validate(policies, schema) }
        let entities = question["entities"] == nil ? nil : entities(schema)
        if let policies, let entities { reply["answers"] = answers(policies, entities, schema) }
        guard let variants = question["variants"]?.arrayValue else { return }
        reply["variants"] = .array(variants.map { variant($0.stringValue ?? "", entities, schema) })
    }

    /// Policies as text, linked; with their JSON form before and after where it is asked for.
    private mutating func policies() -> CedarPolicySet? {
        guard let text = question["policies"]?.stringValue else { return nil }
        do {
            var policies = try CedarPolicySet(parsing: text)
            let wantsForm = question["form"] == true
            if wantsForm { reply["form"] = .string(Text(policies.json)) }
            for link in question["links"]?.arrayValue ?? [] { try Self.link(link, in: &policies) }
            if wantsForm { reply["linkedForm"] = .string(Text(policies.json)) }
            reply["parses"] = true
            return policies
        } catch {
            reply["parses"] = false
            errors["policies"] = .string(Text("\(error)"))
            return nil
        }
    }

    private func answers(
        _ policies: CedarPolicySet, _ entities: CedarEntities, _ schema: CedarSchema?
    ) -> JSONValue {
        .array((question["requests"]?.arrayValue ?? []).map { answer($0, policies, entities, schema) })
    }

    /// What a set in JSON says: its form, its form after a way through text, and its answers.
    private func variant(_ text: String, _ entities: CedarEntities?, _ schema: CedarSchema?) -> JSONValue {
        let policies: CedarPolicySet
        do {
            policies = try CedarPolicySet(json: text)
        } catch {
            return ["refused": .string(Text("\(error)"))]
        }
        var reply: JSONObject = ["form": .string(Text(policies.json))]
        do {
            reply["printed"] = .string(Text(try CedarPolicySet(parsing: policies.text).json))
        } catch {
            reply["misprinted"] = .string(Text("\(error)"))
        }
        if let entities { reply["answers"] = answers(policies, entities, schema) }
        return .object(reply)
    }

    /// `{"template", "id", "principal", "resource"}`, the last two as far as the template has the slots.
    private static func link(_ json: JSONValue, in policies: inout CedarPolicySet) throws {
        var values: [CedarSlot: EntityUID] = [:]
        if let principal = json["principal"] { values[.principal] = try EntityUID(json: principal) }
        if let resource = json["resource"] { values[.resource] = try EntityUID(json: resource) }
        let (template, id) = (json["template"]?.stringValue ?? "", json["id"]?.stringValue ?? "")
        try policies.link(template: CedarString(template), as: CedarString(id), values)
    }

    private mutating func schema() -> CedarSchema? {
        do {
            let schema: CedarSchema
            if let text = question["schema"]?.stringValue {
                schema = try CedarSchema(cedar: text)
            } else if let text = question["schemaJSON"]?.stringValue {
                schema = try CedarSchema(json: text)
            } else {
                return nil
            }
            reply["schema"] = true
            guard question["convert"] == true else { return schema }
            reply["json"] = .string(Text(schema.json))
            reply["cedar"] = .string(Text(try schema.cedarText()))
            return schema
        } catch {
            if reply["schema"] == nil { reply["schema"] = false }
            errors["schema"] = .string(Text("\(error)"))
            return nil
        }
    }

    private mutating func validate(_ policies: CedarPolicySet, _ schema: CedarSchema) {
        let report = schema.validate(policies)
        reply["valid"] = .bool(report.isValid)
        reply["invalid"] = .array(Set(report.errors.map(\.policy)).sorted().map { .string(Text($0.string)) })
        reply["findings"] = .array(report.errors.map { .string(Text("\($0.kind.rawValue) \($0)")) })
        let loose = Set(schema.validate(policies, mode: .permissive).errors.map(\.policy))
        reply["unsafe"] = .array(loose.sorted().map { .string(Text($0.string)) })
        reply["warnings"] = .array(report.warnings.map { .string(Text($0.policy.string)) })
    }

    private mutating func entities(_ schema: CedarSchema?) -> CedarEntities? {
        do {
            let json = question["entities"] ?? []
            let text = json.stringValue ?? CanonicalJSON.text(json)
            let entities = try schema?.entities(json: text) ?? CedarEntities(json: text)
            reply["entities"] = true
            return entities
        } catch {
            reply["entities"] = false
            errors["entities"] = .string(Text("\(error)"))
            return nil
        }
    }

    private func answer(
        _ json: JSONValue, _ policies: CedarPolicySet, _ entities: CedarEntities, _ schema: CedarSchema?
    ) -> JSONValue {
        do {
            let action = try EntityUID(json: json["action"] ?? nil)
            let object = json["context"]?.objectValue ?? JSONObject()
            let context = try schema?.context(json: object, for: action) ?? CedarRecord(json: object)
            let request = try CedarRequest(
                principal: EntityUID(json: json["principal"] ?? nil), action: action,
                resource: EntityUID(json: json["resource"] ?? nil), context: context)
            try schema?.validate(request)
            let answer = policies.answer(request, entities)
            return [
                "decision": .string(Text(answer.decision.rawValue)),
                "reasons": .array(answer.determining.sorted().map { .string(Text($0.string)) }),
                "failed": .array(answer.failures.map(\.policy).sorted().map { .string(Text($0.string)) }),
                "faults": .array(answer.failures.filter(\.isFault).map { .string(Text($0.policy.string)) }),
            ]
        } catch {
            return ["refused": .string(Text("\(error)"))]
        }
    }
}

extension PolicyFailure {
    /// Whether validation promises that this does not happen: everything but overflow and entities that do not exist.
    fileprivate var isFault: Bool {
        switch error.failure {
        case .overflow, .missingEntity: false
        default: true
        }
    }
}
