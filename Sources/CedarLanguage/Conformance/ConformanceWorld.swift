import CanonicalEncoding

/// Everything of a case that a schema has a say in: entities, requests, and what validation finds.
///
/// The one place where recorded cases meet schemas.
struct ConformanceWorld {
    let entities: CedarEntities
    private let schema: CedarSchema?
    private let policies: CedarPolicySet
    /// Whether strict validation is recorded to succeed; nil when the record does not say.
    private let isValid: Bool?

    init(_ record: ConformanceRecord, _ policies: CedarPolicySet) throws {
        schema = try record.text("schema").map { try CedarSchema(cedar: $0) }
        isValid = record.bool(record.member("shouldValidate"))
        let json = record.value(record.member("entities")) ?? []
        entities = try schema?.entities(json: json) ?? CedarEntities(json: json)
        self.policies = policies
    }

    /// A request of the record; context and names are read with the schema where there is one.
    func request(_ json: JSONValue) throws -> CedarRequest {
        let object = json["context"]?.objectValue ?? JSONObject()
        let action = try EntityUID(json: json["action"] ?? nil)
        return try CedarRequest(
            principal: EntityUID(json: json["principal"] ?? nil), action: action,
            resource: EntityUID(json: json["resource"] ?? nil),
            context: context(object, for: action, isValidated: json["validateRequest"] == true))
    }

    /// What is not to be validated need not conform, and is then read as without a schema.
    private func context(_ object: JSONObject, for action: EntityUID, isValidated: Bool) throws -> CedarRecord {
        guard let schema else { return try CedarRecord(json: object) }
        do {
            return try schema.context(json: object, for: action)
        } catch {
            guard !isValidated, let context = try? CedarRecord(json: object) else { throw error }
            return context
        }
    }

    /// Where the validation of the policies differs from `shouldValidate`; counts what was checked.
    func policyDifference(_ checks: inout Int) -> String? {
        guard let schema, let isValid else { return nil }
        checks += 1
        let report = schema.validate(policies)
        guard report.isValid != isValid else { return nil }
        return report.errors.first.map { "the policies have to be valid: \($0)" } ?? "the policies must not be valid"
    }

    /// Why a request with `validateRequest` is refused; counts what was checked.
    func difference(of request: CedarRequest, _ json: JSONValue, _ checks: inout Int) -> String? {
        guard let schema, json["validateRequest"] == true else { return nil }
        checks += 1
        do throws(CedarEntityError) {
            try schema.validate(request)
            return nil
        } catch {
            return error.message
        }
    }
}
