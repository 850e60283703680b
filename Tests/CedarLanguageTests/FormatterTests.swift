import CedarLanguage
import Testing

@Suite struct FormatterTests {
    /// Texts and how they are laid out.
    static let texts: [(source: String, expected: String)] = [
        ("", ""), ("// only a comment", "// only a comment\n"),
        ("permit(principal,action,resource);", "permit (principal, action, resource);\n"),
        (
            "@id(\"x\")@a permit(principal==U::\"a\",action,resource)when{context.a[\"b\"].c(1)>- 1&&!true}unless{{a:1}==[ ]};"
                .replacing(".c(1)", with: ".contains(1)"),
            """
            @id("x")
            @a
            permit (principal == U::"a", action, resource)
            when { context.a["b"].contains(1) > -1 && !true }
            unless { {a: 1} == [] };

            """
        ),
        (
            "permit(principal,action,resource); // kept\n\n\n\n// first\n\n// second\nforbid(principal,action,resource);\n// end\n",
            """
            permit (principal, action, resource); // kept

            // first

            // second
            forbid (principal, action, resource);

            // end

            """
        ),
        (
            "permit(principal, // who\naction,resource)\n// why\nwhen { // what\n context.a && // one\n // two\n context.b // three\n // four\n};",
            """
            permit (
              principal, // who
              action,
              resource
            )
            // why
            when { // what
              context.a && // one
              // two
              context.b // three
              // four
            };

            """
        ),
        (
            "permit (principal is Countersign::Agent, action in [Action::\"aaaaaaaaaaaaaaaaaaaa\", Action::\"bbbbbbbbbbbbbbbbbbbbbbbbbbb\"], resource) when { context.input.amount > 100 && context.input.currency == \"EUR\" || context.input.amount > 200 && [\"USD\", \"GBP\"].contains(context.input.currency) && context.input.aaaaaaaaaaaaaaaaa };",
            """
            permit (
              principal is Countersign::Agent,
              action in [Action::"aaaaaaaaaaaaaaaaaaaa", Action::"bbbbbbbbbbbbbbbbbbbbbbbbbbb"],
              resource
            )
            when {
              context.input.amount > 100 && context.input.currency == "EUR" ||
              context.input.amount > 200 &&
              ["USD", "GBP"].contains(context.input.currency) &&
              context.input.aaaaaaaaaaaaaaaaa
            };

            """
        ),
    ]

    @Test(arguments: texts)
    func `text is laid out`(source: String, expected: String) throws {
        let formatted = try CedarFormatter.format(source)
        #expect(formatted == expected)
        #expect(try CedarFormatter.format(formatted) == formatted)
    }

    @Test(arguments: texts)
    func `meaning stays`(source: String, expected: String) throws {
        #expect(try CedarPolicySet(parsing: expected).json == CedarPolicySet(parsing: source).json)
    }

    @Test func `text that does not parse is refused with its place`() {
        #expect(throws: CedarSyntaxError.self) { try CedarFormatter.format("permit(principal, action);") }
    }

    @Test func `a comment may stand between any two tokens`() throws {
        let tokens = [
            "@", "id", "(", "\"x\"", ")", "permit", "(", "principal", "==", "U", "::", "\"a\"", ",", "action", "in",
            "[", "Action",
            "::", "\"a\"", "]", ",", "resource", ")", "when", "{", "if", "-", "1", "<", "[", "2", "]", "[", "\"a\"",
            "]", "then",
            "{", "a", ":", "1", "}", ".", "a", ".", "contains", "(", "1", ")", "else", "context", "has", "a", ".", "b",
            "}", ";",
        ]
        let plain = try CedarPolicySet(parsing: tokens.joined(separator: " ")).json
        for index in 0...tokens.count {
            for comment in ["// c\n", "\n// c\n", "// c\n\n// d\n"] {
                var pieces = tokens
                pieces.insert(comment, at: index)
                let once = try CedarFormatter.format(pieces.joined(separator: " "))
                #expect(try CedarPolicySet(parsing: once).json == plain)
                #expect(try CedarFormatter.format(once) == once)
                #expect(once.matches(of: /\/\//).count == comment.matches(of: /\/\//).count)
            }
        }
    }
}
