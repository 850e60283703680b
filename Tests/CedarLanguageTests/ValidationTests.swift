import CedarLanguage
import Testing

@Suite struct ValidationTests {
    static let schema = #"""
        entity Org; entity Group in [Group, Org]; entity NT; entity Color enum ["red", "green"];
        entity User in [Group] = {
          name: String, age: Long, mgr: User, opt?: Long, rec: { a: Long, b?: { c?: String } }, names: Set<String>,
          act: Action, ip?: ipaddr, color: Color, friends: Set<User>
        } tags String;
        entity Doc in [Doc] = { owner: User, pub: Bool, n?: Long } tags Set<Long>;
        action grp;
        action view in [grp] appliesTo { principal: [User], resource: [Doc], context: {
          s?: String, l: Long, r: { x?: Long }, dt: datetime, du: duration, d: decimal, c: Color, flag: Bool } };
        action edit in [grp] appliesTo { principal: [User, Org], resource: [Doc, User] };
        action noapp;
        """#

    static func report(_ text: String, mode: ValidationMode = .strict) throws -> ValidationReport {
        let isPolicy = ["permit", "forbid", "@", " "].contains { text.hasPrefix($0) }
        let condition = "permit(principal, action == Action::\"view\", resource) when { \(text) };"
        let policies = try CedarPolicySet(parsing: isPolicy ? text : condition)
        return try CedarSchema(cedar: schema).validate(policies, mode: mode)
    }

    static let valid = [
        "true", "1 == 2", "1 == \"a\"", "principal == resource", "\"a\" == \"b\" && principal.nope",
        "false && principal.nope", "true || principal.nope", "principal has opt && principal.opt == 1",
        "if principal has opt then principal.opt == 1 else false", "principal has nope && principal.nope",
        "[true, false].contains(true)", "(if true then User::\"a\" else Doc::\"b\") == principal",
        "principal in Doc::\"g\"", "action in [Action::\"edit\", Action::\"noapp\"]",
        "principal.act in Action::\"grp\"",
        "principal is Doc && principal.nope", "context.c in Color::\"red\"", "context has r.x && context.r.x == 1",
        "principal has rec.b.c && principal.rec.b.c == \"x\"",
        "principal.hasTag(\"x\") && principal.getTag(\"x\") == \"y\"",
        "principal.hasTag(principal.name) && principal.getTag(principal.name) == \"y\"", "NT::\"x\".hasTag(\"x\")",
        "NT::\"x\".hasTag(\"x\") && NT::\"x\".getTag(\"x\") == 1", "datetime(\"2024-01-01\") < context.dt",
        "(if context.flag then { a: true } else { a: context.flag }).a", "if true then true else 1",
        "(principal has opt && context.flag || principal has opt && true) && principal.opt == 1",
        "(if context.flag then principal has opt else principal has opt) && principal.opt == 1",
        "(if principal has opt then 1 == 1 else principal has opt) && principal.opt == 1",
        "((principal has opt && 1 == 2) || principal has opt) && principal.opt == 1",
        "principal[\"mgr\"] has opt && principal.mgr[\"opt\"] == 1", "User::\"x\" has opt && User::\"x\".opt == 1",
        "{ a: principal }.a has opt && { a: principal }.a.opt == 1", "(true && true) == 1",
        "permit(principal, action in Action::\"grp\", resource);",
        "permit(principal, action, resource) when { action == Action::\"view\" && context.l == 1 };",
        "permit(principal, action, resource) unless { principal is Org } when { principal.age == 1 };",
        "permit(principal in ?principal, action == Action::\"view\", resource in ?resource) when { principal.age == 1 };",
        "permit(principal is User in User::\"a\", action == Action::\"view\", resource);",
    ]

    @Test(arguments: valid)
    func `a policy that cannot err is valid in both modes`(text: String) throws {
        #expect(try Self.report(text).errors == [])
        #expect(try Self.report(text, mode: .permissive).errors == [])
    }

    /// A condition or policy, and what is wrong with it in strict mode.
    static let invalid: [(String, ValidationKind)] = [
        ("1", .wrongType), ("principal.age == \"x\"", .incompatibleTypes), ("principal == 1", .incompatibleTypes),
        ("principal.nope", .unknownAttribute), ("principal.opt == 1", .unsafeAttribute),
        ("principal has opt || principal.opt == 1", .unsafeAttribute),
        ("!(principal has opt) || principal.opt == 1", .unsafeAttribute),
        ("(principal has opt) == true && principal.opt == 1", .unsafeAttribute),
        ("principal has opt && principal.mgr.opt == 1", .unsafeAttribute),
        ("(principal has opt || principal has ip) && principal.opt == 1", .unsafeAttribute),
        ("(if principal has opt then true else false) && principal.opt == 1", .unsafeAttribute),
        ("(if context.flag then 1 == 2 else principal has opt) && principal.opt == 1", .unsafeAttribute),
        ("principal has rec.b && principal.rec.b.c == \"x\"", .unsafeAttribute),
        ("[1, \"a\"].contains(1)", .incompatibleTypes), ("[].contains(1)", .emptySet),
        ("principal.names == []", .emptySet), ("[1].contains(\"a\")", .incompatibleTypes),
        ("[principal, resource].contains(principal)", .incompatibleTypes),
        ("(if context.flag then 1 else \"a\") == 1", .incompatibleTypes),
        ("principal in [Group::\"g\", Doc::\"g\"]", .incompatibleTypes), ("principal is Nope", .unknownEntityType),
        ("false && Unknown::\"x\" == principal", .unknownEntityType), ("Action::\"zz\" == action", .unknownAction),
        ("principal.color == Color::\"blue\"", .unknownEntityID), ("principal.getTag(\"x\") == \"y\"", .unsafeTag),
        ("principal.hasTag(\"x\") && principal.getTag(\"z\") == \"y\"", .unsafeTag),
        ("NT::\"x\".getTag(\"x\") == 1", .unsafeTag), ("principal.hasTag(1)", .wrongType),
        ("decimal(\"zzz\") == context.d", .unreadableLiteral),
        ("decimal(principal.name) == context.d", .constructorNeedsLiteral),
        ("decimal(\"1.0\") < context.d", .wrongType), ("duration(\"1h\") < context.dt", .wrongType),
        ("ip(1).isIpv4()", .wrongType), ("ip(\"1.2.3.4\", \"a\").isIpv4()", .wrongArgumentCount),
        ("principal.age like \"a*\"", .wrongType), ("principal.age + \"a\" == 4", .wrongType),
        ("{ a: 1 } == { b: 2 }", .incompatibleTypes), ("{ a: 1 } == principal.rec", .incompatibleTypes),
        ("if context.flag then true else 1", .incompatibleTypes), ("true && 1", .wrongType), ("!1", .wrongType),
        ("1.isEmpty()", .wrongType), ("principal.name.contains(\"x\")", .wrongType), ("action.foo", .unknownAttribute),
        ("permit(principal, action == Action::\"noapp\", resource);", .noApplicableAction),
        ("permit(principal is Org, action == Action::\"view\", resource);", .noApplicableAction),
        ("permit(principal in NT::\"x\", action == Action::\"view\", resource);", .noApplicableAction),
        ("permit(principal is User in NT::\"a\", action, resource);", .noApplicableAction),
        ("permit(principal, action in [], resource);", .emptySet),
        ("permit(principal, action, resource) when { principal.age == 1 };", .unknownAttribute),
        ("permit(principal, action, resource) when { context.l == 1 };", .unknownAttribute),
        ("permit(principal is Org in ?principal, action == Action::\"view\", resource);", .noApplicableAction),
    ]

    @Test(arguments: invalid)
    func `a policy that could err, or whose types do not agree, is refused`(text: String, kind: ValidationKind) throws {
        let report = try Self.report(text)
        #expect(report.errors.contains { $0.kind == kind }, "\(report.errors)")
    }

    /// Of these only strict validation wants that the types agree; a set or a branch of Long or String has no type at all.
    static let stricter: Set<ValidationKind> = [.incompatibleTypes, .emptySet, .constructorNeedsLiteral]

    private static func hasNoType(_ text: String) -> Bool {
        ["[1, \"a\"]", "then 1 else \"a\"", "then true else 1"].contains { text.contains($0) }
    }

    @Test(arguments: invalid)
    func `permissive validation refuses only what could err`(text: String, kind: ValidationKind) throws {
        let kinds = Set(try Self.report(text, mode: .permissive).errors.map(\.kind))
        let isRefused = !Self.stricter.contains(kind) || Self.hasNoType(text)
        #expect(kinds.contains(kind) == isRefused)
    }

    @Test(arguments: [
        ("(if context.flag then principal else resource) has name", true),
        ("(if context.flag then principal else resource).name == \"a\"", false),
        ("(if context.flag then { a: 1, b: 2 } else { a: 3 }).a == 1", true),
        ("(if context.flag then { a: 1, b: 2 } else { a: 3 }).b == 1", false),
        ("(if context.flag then { a: 1, b: 2 } else { a: 3 }) has b", true),
        ("(if context.flag then principal else Group::\"g\") in Org::\"o\"", true),
        ("(if context.flag then principal else resource) is User", true),
        ("(if context.flag then principal else 1) is User", false),
        ("(if context.flag then [1] else []).contains(1)", true), ("principal in []", true),
    ])
    func `permissive validation knows what several types have in common`(text: String, isValid: Bool) throws {
        #expect(try Self.report(text, mode: .permissive).isValid == isValid)
        #expect(try !Self.report(text).isValid)
    }

    @Test(arguments: [
        "false", "principal is Doc", "principal == User::\"a\" && principal in Doc::\"d\"", "principal has nope",
        "permit(principal, action, resource) when { true } unless { 1 == 1 };",
    ])
    func `a policy that can never apply is a warning, not an error`(text: String) throws {
        let report = try Self.report(text)
        #expect(report.isValid)
        #expect(report.warnings.map(\.kind) == [.impossiblePolicy])
    }

    @Test func `a finding names the policy and its place`() throws {
        let text =
            "permit(principal, action, resource);\n@id(\"x\") permit(principal is User, action, resource)\n"
            + "when { \"é\" == principal.nam };"
        let finding = try #require(try Self.report(text).errors.first)
        #expect(finding.policy == "policy1")
        #expect(finding.position.description == "3:15")
        #expect(finding.hint == "do you mean `name`?")
        #expect(try Self.report(text).errors.count == 1)
    }

    @Test func `a required attribute that was tested before is known to be there`() throws {
        let text = "if principal has age then (if principal has age then [1] else [\"a\"]).contains(1) else true"
        #expect(try Self.report(text).isValid)
    }

    @Test func `actions of several namespaces know their groups`() throws {
        let schema = try CedarSchema(
            cedar:
                "entity U = { a: Action, n: N::Action, m: M::Action }; action g; action v in [g, N::Action::\"h\"] appliesTo "
                + "{ principal: U, resource: U }; namespace N { action h; } namespace M { action i; }")
        for (condition, isImpossible) in [
            ("action in N::Action::\"h\"", false), ("principal.a in N::Action::\"h\"", false),
            ("principal.m in Action::\"g\"", true), ("action == N::Action::\"h\"", true),
            ("action is N::Action", true), ("principal.a in principal.m", true),
        ] {
            let policies = try CedarPolicySet(
                parsing: "permit(principal, action == Action::\"v\", resource) when { \(condition) };")
            let report = schema.validate(policies)
            #expect(report.isValid)
            #expect(report.warnings.isEmpty != isImpossible, "\(condition)")
        }
    }
}
