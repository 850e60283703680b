import CanonicalEncoding
import CedarLanguage
import Testing

@Suite struct PrinterTests {
    private static func printed(_ condition: String) throws -> String {
        let set = try CedarPolicySet(parsing: "permit(principal, action, resource) when { \(condition) };")
        let text = set.text
        #expect(try CedarPolicySet(parsing: text).json == set.json)
        let (start, end) = ("permit (principal, action, resource)\nwhen { ", " };\n")
        return String(text.dropFirst(start.utf8.count).dropLast(end.utf8.count))
    }

    /// Expressions with more parentheses than they need, and without.
    static let expressions = [
        ("((1) + (2)) * (3) == (9)", "(1 + 2) * 3 == 9"), ("(1 + 2) + 3 == 6", "1 + 2 + 3 == 6"),
        ("1 + (2 + 3) == 6", "1 + (2 + 3) == 6"), ("1 - (2 - 3) == (-2)", "1 - (2 - 3) == -2"),
        ("(true && false) || true", "true && false || true"), ("true && (false || true)", "true && (false || true)"),
        ("true && (true && true)", "true && (true && true)"), ("!(!(true))", "!!true"),
        ("!(!(!(!(!(true)))))", "!!!!(!true)"),
        ("-(5) == -(-5)", "-(5) == -(-5)"), ("--5 == (-5).a", "-(-5) == (-5).a"), ("-5.a == 1", "-5.a == 1"),
        ("-(1 + 2) == 1", "-(1 + 2) == 1"), ("!(1 == 2)", "!(1 == 2)"), ("(1 == 2) == true", "(1 == 2) == true"),
        ("(if true then 1 else 2) + 1 == 2", "(if true then 1 else 2) + 1 == 2"),
        (
            "if (if true then true else false) then 1 else if true then 2 else 3",
            "if if true then true else false then 1 else if true then 2 else 3"
        ),
        ("(context has a) && (context.a like \"*\\*\")", "context has a && context.a like \"*\\*\""),
        ("(context has a.b) has c", "(context has a.b) has c"),
        ("principal is U in (resource)", "principal is U in resource"),
        ("context[\"a\"][\"b c\"][\"if\"]", "context.a[\"b c\"][\"if\"]"),
        ("{\"a\": 1, \"b c\": 2, \"if\": 3} == {}", "{a: 1, \"b c\": 2, \"if\": 3} == {}"),
        ("[ ].contains(ip(\"::\").isIpv4())", "[].contains(ip(\"::\").isIpv4())"),
        ("\"\\x41\\u{e9}\\n\\0\\u{200b}\\'*\" == U::\"\\\"\"", "\"Aé\\n\\0\\u{200b}'*\" == U::\"\\\"\""),
        ("1 - -2 == 3", "1 - -2 == 3"), ("2 * -3 == -6", "2 * -3 == -6"),
    ]

    @Test(arguments: expressions)
    func `no more parentheses are printed than the grammar needs`(text: String, expected: String) throws {
        #expect(try Self.printed(text) == expected)
    }

    @Test func `annotations, scopes and slots are printed`() throws {
        let text = """
            @a
            @id("x\\n")
            permit (principal is U in ?principal, action in [Action::"a", Action::"b"], resource == ?resource)
            when { true }
            unless { false };

            forbid (principal, action == Action::"a", resource is R);

            """
        #expect(try CedarPolicySet(parsing: text).text == text)
    }

    @Test func `a linked policy is printed with its slots filled in`() throws {
        var set = try CedarPolicySet(parsing: "permit(principal == ?principal, action, resource);")
        try set.link(template: "policy0", as: "l", [.principal: Ask.principal])
        #expect(
            set.text == "permit (principal == ?principal, action, resource);\n\n"
                + "permit (principal == U::\"a\", action, resource);\n")
    }
}
