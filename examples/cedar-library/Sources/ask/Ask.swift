import CedarLanguage

/// Asks one policy set two questions.
@main
enum Ask {
    static let schema = """
        entity Group;
        entity User in [Group] = { level: Long };
        entity Document = { owner: User };
        action read, delete appliesTo { principal: User, resource: Document, context: { confirmed?: Bool } };
        """
    static let policies = """
        permit (principal in Group::"staff", action == Action::"read", resource);
        permit (principal, action, resource) when { resource.owner == principal };
        forbid (principal, action == Action::"delete", resource)
        unless { context has confirmed && context.confirmed };
        """
    static let entities = """
        [
          { "uid": { "type": "User", "id": "u1" }, "attrs": { "level": 3 }, "parents": [{ "type": "Group", "id": "staff" }] },
          { "uid": { "type": "Document", "id": "d1" }, "attrs": { "owner": { "type": "User", "id": "u1" } } }
        ]
        """

    static func main() throws {
        let schema = try CedarSchema(cedar: Self.schema)
        let policies = try CedarPolicySet(parsing: Self.policies)
        let report = schema.validate(policies)
        for finding in report.errors + report.warnings { print(finding) }
        guard report.isValid, let user = EntityUID(type: "User", id: "u1"),
            let document = EntityUID(type: "Document", id: "d1")
        else { return }

        let entities = try schema.entities(json: Self.entities)
        for name in ["read", "delete"] {
            guard let action = EntityUID(type: "Action", id: name) else { continue }
            let context = try schema.context(json: "{}", for: action)
            let request = CedarRequest(principal: user, action: action, resource: document, context: context)
            try schema.validate(request)
            let answer = policies.answer(request, entities)
            print("\(name): \(answer.decision.rawValue), because of \(answer.determining.map(\.description))")
        }
    }
}
