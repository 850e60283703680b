import CanonicalEncoding

/// Everything of a case that a schema has a say in: entities, requests, and what validation finds.
///
/// The one place where recorded cases meet schemas. Records without a schema use the explicit forms only.
struct ConformanceWorld {
    let entities: CedarEntities
    private let schema: CedarSchema?
    private let shouldValidate: Bool?
    private let isValid: Bool?

    init(_ record: ConformanceRecord, _ policies: CedarPolicySet) throws {
        let json = record.value(record.member("entities")) ?? []
        schema = try record.text("schema").map { try CedarSchema(cedar: $0) }
        entities = try schema?.entities(json: json) ?? CedarEntities(json: json)
        shouldValidate = record.bool(record.member("shouldValidate"))
        isValid = shouldValidate == nil ? nil : schema?.validate(policies).isValid
    }

    /// A request of the record; context and names are read with the schema where there is one.
    func request(_ json: JSONValue) throws -> CedarRequest {
        let action = try EntityUID(json: json["action"] ?? nil)
        let members = json["context"]?.objectValue ?? JSONObject()
        let context = try schema?.context(json: members, for: action) ?? CedarRecord(json: members)
        return try CedarRequest(
            principal: EntityUID(json: json["principal"] ?? nil), action: action,
            resource: EntityUID(json: json["resource"] ?? nil), context: context)
    }

    /// Where the validation of the policies differs from `shouldValidate`; counts what was checked.
    func policyDifference(_ checks: inout Int) -> String? {
        guard let shouldValidate else { return nil }
        checks += 1
        guard isValid != shouldValidate else { return nil }
        return shouldValidate ? "strict validation has to succeed" : "strict validation has to fail"
    }

    /// A request that is marked with `validateRequest` has to conform to the schema; counts what was checked.
    func difference(of request: CedarRequest, _ json: JSONValue, _ checks: inout Int) -> String? {
        guard let schema, json["validateRequest"] == true else { return nil }
        checks += 1
        do throws(CedarEntityError) {
            try schema.validate(request)
            return nil
        } catch {
            return "the request has to conform to the schema: \(error)"
        }
    }
}
