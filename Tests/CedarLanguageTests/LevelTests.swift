import CedarLanguage
import Testing

@Suite struct LevelTests {
    /// A condition or policy for `ValidationTests.schema`, and the least level at which it is valid; nil at none.
    static let policies: [(String, Int?)] = [
        ("context.l == 1", 0), ("principal is User && resource == Doc::\"d\"", 0), ("action in Action::\"grp\"", 0),
        ("context.c == Color::\"red\"", 0), ("context has r.x && context.r.x == 1", 0),
        ("User::\"x\" == principal", 0), ("false && principal.mgr.age == 1", 0),
        ("principal.age == 1", 1), ("principal in Group::\"g\"", 1), ("resource.owner == principal", 1),
        ("principal.rec.a == 1", 1), ("principal.hasTag(\"t\") && principal.getTag(\"t\") == \"x\"", 1),
        ("principal has opt", 1), ("principal has rec.b.c", 1), ("{ a: principal.mgr, b: principal }.b.age == 1", 1),
        ("principal is User in Group::\"g\"", 1), ("principal.friends.contains(resource.owner)", 1),
        ("principal.act in Action::\"grp\"", 1),
        ("resource.owner.age == 1", 2), ("principal.mgr in Group::\"g\"", 2), ("principal has mgr.opt", 2),
        ("(if context.flag then principal.mgr else principal).age == 1", 2),
        ("{ a: principal.mgr, b: principal }.a.age == 1", 2), ("{ a: { b: principal.mgr } }.a.b.age == 1", 2),
        ("principal.mgr is User in Group::\"g\"", 2), ("principal.mgr.hasTag(\"t\")", 2),
        ("principal.mgr.mgr.age == 1", 3), ("resource.owner.mgr has mgr.opt", 4),
        ("User::\"x\".age == 1", nil), ("User::\"x\" in Group::\"g\"", nil), ("User::\"x\" has mgr.opt", nil),
        ("(if context.flag then User::\"x\" else principal).age == 1", nil),
        ("permit(principal, action == Action::\"view\", resource);", 0),
        ("permit(principal == User::\"a\", action in Action::\"grp\", resource is Doc);", 0),
        ("permit(principal in Group::\"g\", action, resource);", 1),
        ("permit(principal, action == Action::\"view\", resource is Doc in Doc::\"d\");", 1),
        ("permit(principal in ?principal, action, resource);", 1),
    ]

    private static func report(_ text: String, level: Int) throws -> ValidationReport {
        let condition = "permit(principal, action == Action::\"view\", resource) when { \(text) };"
        let policies = try CedarPolicySet(parsing: text.hasPrefix("permit") ? text : condition)
        return try CedarSchema(cedar: ValidationTests.schema).validate(policies, level: level)
    }

    @Test(arguments: policies)
    func `a policy is valid from the level on that it needs`(text: String, least: Int?) throws {
        for level in 0...5 {
            let report = try Self.report(text, level: level)
            #expect(report.isValid == (least.map { level >= $0 } ?? false), "level \(level): \(report.errors)")
            #expect(report.errors.allSatisfy { $0.kind == .tooFarAway })
        }
    }

    @Test func `a finding points at the entity that is too far away`() throws {
        let errors = try Self.report(
            "permit(principal, action, resource is Doc)\nwhen { resource.owner.age == 1 };", level: 1
        )
        .errors
        #expect(
            errors.map(\.description) == [
                "2:8: policy0: what is asked of this entity needs level 2, and the limit is 1 "
                    + "(give it with the context, or validate for a higher level)"
            ])
    }

    /// Everything at most so many steps away, with all ancestors.
    private static func slice(_ all: CedarEntities, _ request: CedarRequest, level: Int) -> [CedarEntity] {
        var (loaded, names): ([EntityUID: CedarEntity], [EntityUID]) = ([:], [request.principal, request.resource])
        for _ in 0..<level {
            var next: [EntityUID] = []
            for name in names {
                guard let entity = all[name] else { continue }
                loaded[name] = CedarEntity(
                    uid: name, attributes: entity.attributes, parents: all.ancestors(of: name), tags: entity.tags)
                for member in entity.attributes.members {
                    if case .entity(let uid) = member.value { next.append(uid) }
                }
            }
            names = next
        }
        return Array(loaded.values)
    }

    @Test(arguments: policies)
    func `what lies within the level is enough for the answer`(text: String, least: Int?) throws {
        guard let least, !text.contains("?principal") else { return }
        let schema = try CedarSchema(cedar: ValidationTests.schema)
        let users = (0..<5).map { Ask.uid("User", "u\($0)") }
        var list = [
            CedarEntity(uid: Ask.uid("Doc", "d"), attributes: ["owner": .entity(users[0]), "pub": .bool(true)])
        ]
        for (number, user) in users.enumerated() {
            let attributes: CedarRecord = [
                "name": .string("n"), "age": .long(Int64(number % 2)), "mgr": .entity(users[(number + 1) % 5]),
                "rec": .record(["a": .long(1)]), "names": .set(CedarSet([])), "color": .entity(Ask.uid("Color", "red")),
                "act": .entity(Ask.uid("Action", "view")), "friends": .set(CedarSet([.entity(users[0])])),
            ]
            list.append(
                CedarEntity(
                    uid: user, attributes: attributes, parents: number % 2 == 0 ? [Ask.uid("Group", "g")] : [],
                    tags: ["t": .string("x")]))
        }
        let all = try schema.entities(list)
        let condition = "permit(principal, action == Action::\"view\", resource) when { \(text) };"
        let policies = try CedarPolicySet(parsing: text.hasPrefix("permit") ? text : condition)
        let context = try schema.context(
            json:
                #"{"l": 1, "r": {}, "dt": "2024-01-01", "du": "1h", "d": "1.0", "c": {"type": "Color", "id": "red"}, "flag": true}"#,
            for: Ask.uid("Action", "view"))
        for user in users {
            let request = CedarRequest(
                principal: user, action: Ask.uid("Action", "view"), resource: Ask.uid("Doc", "d"), context: context)
            try schema.validate(request)
            let some = try CedarEntities(Self.slice(all, request, level: least) + schema.actionEntities)
            let (near, whole) = (policies.answer(request, some), policies.answer(request, all))
            #expect(near.decision == whole.decision)
            #expect(near.failures.map(\.policy) == whole.failures.map(\.policy))
        }
    }
}
