import CedarLanguage
import Testing

@Suite struct ScopeTests {
    /// A scope with parentheses, and the same without.
    static let parenthesized = [
        ("principal == (?principal), action, resource", "principal == ?principal, action, resource"),
        ("principal in ((?principal)), action, resource", "principal in ?principal, action, resource"),
        ("principal is U in (?principal), action, resource", "principal is U in ?principal, action, resource"),
        ("principal, action in ([Action::\"x\"]), resource", "principal, action in [Action::\"x\"], resource"),
        ("principal, action in ([(Action::\"x\")]), resource", "principal, action in [Action::\"x\"], resource"),
        ("principal, action == ((Action::\"x\")), resource", "principal, action == Action::\"x\", resource"),
    ]

    @Test(arguments: parenthesized)
    func `what a scope names can stand in parentheses`(scope: String, same: String) throws {
        let (one, other) = try (
            CedarPolicySet(parsing: "permit(\(scope));"), CedarPolicySet(parsing: "permit(\(same));")
        )
        #expect(one.json == other.json)
    }

    @Test(arguments: [
        "principal == (?resource), action, resource", "principal == ([U::\"a\"]), action, resource",
        "principal is (U), action, resource", "principal == (), action, resource",
        "principal == (?principal, action, resource", "principal, action == ([Action::\"x\"]), resource",
        "principal, action in [[Action::\"x\"]], resource", "principal, action in [([Action::\"x\"])], resource",
    ])
    func `other things in parentheses are refused`(scope: String) {
        #expect(Ask.syntaxError("permit(\(scope));") != nil)
    }

    /// A policy whose scope is wrong, and the stretch of text that is to blame.
    static let places = [
        ("permit(principal == Nope::\"a\", action, resource);", "Nope::\"a\""),
        ("permit(principal is Nope in User::\"a\", action, resource);", "Nope"),
        ("permit(principal is User in Nope::\"a\", action, resource);", "Nope::\"a\""),
        ("permit(principal, action == Action::\"nope\", resource);", "Action::\"nope\""),
        ("permit(principal, action in [Action::\"view\", Action::\"nope\"], resource);", "Action::\"nope\""),
        ("permit(principal, action, resource in Color::\"blue\");", "Color::\"blue\""),
        ("permit(principal, action in [], resource);", "action in []"),
        ("@id(\"x\")\npermit(principal is Doc, action, resource);", "principal is Doc, action, resource"),
    ]

    @Test(arguments: places)
    func `a finding in the scope points at what is wrong`(text: String, blamed: String) throws {
        let findings = try ValidationTests.report(" \(text)").errors
        let found = try #require(findings.first)
        let bytes = Array(" \(text)".utf8)
        #expect(String(decoding: bytes[found.span.start..<found.span.end], as: UTF8.self) == blamed)
    }

    @Test func `a finding in the scope of a policy in JSON points at that part`() throws {
        let json = try CedarPolicySet(parsing: "permit(principal, action == Action::\"nope\", resource);").json
        let policies = try CedarPolicySet(json: json)
        let found = try #require(CedarSchema(cedar: ValidationTests.schema).validate(policies).errors.first)
        #expect(Array(json.utf8)[found.span.start...].starts(with: #"{"op":"=="#.utf8))
    }
}
