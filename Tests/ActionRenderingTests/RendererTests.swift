import ActionRendering
import CanonicalEncoding
import DomainModel
import Testing

@Suite struct RendererTests {
    @Test func `consequences come first, then every part in its order`() throws {
        let rendering = Renderer.render(try Sample.subject(Sample.sql()))
        #expect(
            rendering.rows.map(\.section.rawValue) == [
                "consequences", "consequences", "consequences", "consequences", "consequences", "consequences",
                "consequences", "consequences", "consequences", "arguments", "preconditions", "preconditions",
                "preconditions", "expectations", "limits",
            ])
        #expect(rendering.rows[0].value == "Run a statement on the orders database")
        #expect(rendering.rows[1].emphasis == .danger)
        #expect(rendering.marks == [.destructive, .leavesTheOrganisation])
        #expect(rendering.isApprovable)
        #expect(rendering.facts.allSatisfy { $0.section == .facts && $0.path == nil })
    }

    @Test func `traits are told as they are registered`() throws {
        let harmless = RegisteredTool.Traits(destructive: false, readOnly: true, openWorld: false)
        let rendering = Renderer.render(try Sample.subject(Sample.sql(), tool: Sample.tool(traits: harmless)))
        #expect(rendering.marks == [.readOnly])
        #expect(rendering.rows.allSatisfy { $0.emphasis == .plain })
        let contradictory = RegisteredTool.Traits(destructive: true, readOnly: true, openWorld: false)
        let warned = Renderer.render(try Sample.subject(Sample.sql(), tool: Sample.tool(traits: contradictory)))
        #expect(warned.rows[1].emphasis == .danger)
        #expect(warned.marks == [.destructive, .readOnly])
    }

    @Test func `a command is one line and every argument a row`() throws {
        let action = Sample.command([
            "argv": ["/usr/bin/psql", "-c", "it's; rm -rf /", "", "a b", "\u{202E}x"], "cwd": "/srv",
            "env": ["PATH": "/usr/bin"], "executable": ["path": "/usr/bin/psql", "digest": "sha-256:x"],
            "files": [["argument": 2, "digest": "sha-256:y"]], "stdin": nil, "extra": 1,
        ])
        let rendering = Renderer.render(try Sample.subject(action, tool: Sample.tool(.command)))
        let arguments = rendering.rows.filter { $0.section == .arguments }
        #expect(arguments[0].path == nil)
        #expect(arguments[0].value == "/usr/bin/psql -c 'it'\"'\"'s; rm -rf /' '' 'a b' '\\u{202E}x'")
        #expect(
            arguments.dropFirst().compactMap(\.path) == [
                "arguments.argv[0]", "arguments.argv[1]", "arguments.argv[2]", "arguments.argv[3]", "arguments.argv[4]",
                "arguments.argv[5]", "arguments.executable.digest", "arguments.executable.path", "arguments.cwd",
                "arguments.env.PATH", "arguments.stdin", "arguments.files[0].argument", "arguments.files[0].digest",
                "arguments.extra",
            ])
        #expect(try Sample.row(rendering, "arguments.argv[5]").warnings == [.bidi])
        #expect(rendering.marks.contains(.suspiciousText))
        #expect(rendering.action() == action.json)
    }

    @Test(
        arguments: [
            (RegisteredTool.Kind.command, ["argv": ["run", .null]] as JSONValue, "argv[1]", true),
            (.command, ["environment": ["TOKEN": .null]], "environment.TOKEN", true),
            (.command, ["argv": [.null, "run"]], "argv[0]", false), (.command, ["stdin": .null], "stdin", false),
            (.generic, ["argv": ["run", .null]], "argv[1]", false), (.generic, ["sql": .null], "sql", false),
        ] as [(RegisteredTool.Kind, JSONValue, Text, Bool)])
    func `a secret is never silent, and hides nothing but what a command's caller may keep`(
        kind: RegisteredTool.Kind, arguments: JSONValue, path: Text, isApprovable: Bool
    ) throws {
        let secret: JSONValue = ["$secret": ["digest": "\(Digest(sha256: [6]).wire)", "salt": "c2FsdA"]]
        let text = CanonicalJSON.text(arguments).replacing("null", with: CanonicalJSON.text(secret))
        let action = Sample.sql(try #require(JSONReader.read(text).objectValue))
        let rendering = Renderer.render(try Sample.subject(action, tool: Sample.tool(kind)))
        #expect(rendering.isApprovable == isApprovable)
        #expect(try Sample.row(rendering, "arguments.\(path)").warnings.contains(.secret))
        #expect(rendering.action() == action.json)
    }

    @Test func `a secret is shown by its salted digest and nothing that only resembles one is`() throws {
        let digest = Digest(sha256: [9]).wire
        let secret: JSONValue = ["$secret": ["digest": .string(Text(digest)), "salt": "c2FsdA"]]
        let more: JSONValue = ["$secret": ["digest": .string(Text(digest)), "salt": "c2FsdA"], "x": 1]
        let action = Sample.sql(["password": secret, "other": more])
        let rendering = Renderer.render(try Sample.subject(action))
        let row = try Sample.row(rendering, "arguments.password")
        #expect(row.kind == .secret)
        #expect(row.value == "secret, known by its salted digest \(digest) with the salt c2FsdA")
        #expect(try Sample.row(rendering, "arguments.other.$secret.digest").kind == .text)
        #expect(rendering.action() == action.json)
    }

    @Test func `what cannot be read whole is shown whole and cannot be approved`() throws {
        let values: [(JSONValue, Bool)] = [
            (.string(Text(String(repeating: "word ", count: 6553) + "end")), true),
            (.string(Text(String(repeating: "word ", count: 6554))), false),
            (.string(Text(String(repeating: "Ab1+", count: 255))), true),
            (.string(Text(String(repeating: "Ab1+", count: 256))), false),
            (.string(Text(String(repeating: "ab\u{1}", count: 63))), true),
            (.string(Text(String(repeating: "ab\u{1}", count: 64))), false),
            (.array(Array(repeating: .string(Text(String(repeating: "word ", count: 5000))), count: 10)), true),
            (.array(Array(repeating: .string(Text(String(repeating: "word ", count: 5000))), count: 11)), false),
            (.string(Text(String(repeating: " ", count: 5000))), true),
            (.string(Text(String(repeating: "\n", count: 5000))), true),
        ]
        for (number, (value, isApprovable)) in values.enumerated() {
            let action = Sample.sql(["v": value])
            let rendering = Renderer.render(try Sample.subject(action))
            #expect(rendering.isApprovable == isApprovable, "value \(number)")
            #expect(rendering.marks.contains(.uninspectable) != isApprovable)
            #expect(rendering.action() == action.json)
        }
    }

    @Test func `names are as suspicious as values`() throws {
        let rendering = Renderer.render(try Sample.subject(Sample.sql(["a.b\"\u{202E}": ["x": 1]])))
        let row = try #require(rendering.rows.first { $0.section == .arguments })
        #expect(row.path == "arguments[\"a.b\\u{22}\\u{202E}\"].x")
        #expect(row.warnings == [.bidi])
        #expect(row.emphasis == .caution)
    }

    @Test func `what changed since the superseded request is shown path by path`() throws {
        var subject = try Sample.subject(Sample.sql(["sql": "SELECT 1", "limit": "5", "new": true]))
        subject.superseded = Sample.sql(["sql": "SELECT 2", "limit": 5, "old": nil])
        subject.context.supersedes = Sample.request(5)
        let changes = Renderer.render(subject).changes
        #expect(changes.map(\.path) == ["arguments.limit", "arguments.new", "arguments.sql", "arguments.old"])
        #expect(changes[0].before?.kind == .integer && changes[0].after?.kind == .text)
        #expect(changes[1].before == nil && changes[1].after?.value == "true")
        #expect(changes[3].before?.value == "null" && changes[3].after == nil)
        subject.superseded = subject.action
        let same = Renderer.render(subject)
        #expect(same.changes.isEmpty)
        #expect(same.facts.contains { $0.value == "the action is the same" })
    }

    @Test func `the agent's words are set apart, safe, and change no fact`() throws {
        let plain = Renderer.render(try Sample.subject(Sample.sql()))
        var subject = try Sample.subject(Sample.sql())
        subject.context.justification = "<b>pre-approved by Alice</b>\n\u{1B}[1mApprove\u{202E}"
        subject.context.plan = "1. delete\n2. leave"
        subject.context.links = [RequestContext.Link(rel: "ticket", href: "javascript:alert(1)")]
        subject.context.rollback = SubmittedAction(server: "orders-db", name: "restore", arguments: ["of": "today"])
        let rendering = Renderer.render(subject)
        #expect(rendering.rows == plain.rows)
        #expect(rendering.facts == plain.facts)
        #expect(rendering.untrusted[0].value == "<b>pre-approved by Alice</b>\\n\\u{1B}[1mApprove\\u{202E}")
        #expect(rendering.untrusted[0].warnings == [.bidi, .control])
        #expect(rendering.untrusted.contains { $0.path == "rollback.arguments.of" })
        #expect(rendering.digest != plain.digest)
    }

    @Test func `every row's label is the server's own`() throws {
        var documents = RandomDocuments(random: SplitMix(state: 3))
        var labels: Set<Text> = []
        for round in 0..<200 {
            let tool = Sample.tool(round % 2 == 0 ? .generic : .command)
            labels.formUnion(Renderer.render(try Sample.subject(documents.action(), tool: tool)).rows.map(\.label))
        }
        #expect(labels.count < 40)
    }
}
