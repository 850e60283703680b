import ApprovalPolicy
import CanonicalEncoding
import DomainModel
import Testing

/// A set is validated against what is registered.
@Suite struct PolicyRegistryTests {
    static let targets = [
        Target(name: "prod", resource: ResourceReference(type: "Account", id: "a"), environment: "prod")
    ]
    static let refund = RegisteredTool(
        reference: ToolReference(server: "payments", name: "refund"), kind: .generic, title: "Refund", targets: targets,
        inputSchema: ["type": "object", "properties": ["amount": ["type": "integer"]], "required": ["amount"]])
    static let open = RegisteredTool(
        reference: ToolReference(server: "payments", name: "charge"), kind: .generic, title: "Charge",
        targets: targets)
    static let shell = RegisteredTool(
        reference: ToolReference(server: "host", name: "shell"), kind: .command, title: "Shell", targets: targets)
    static let providers = [
        FactProvider(name: "orders", kind: .sqliteCount, location: "/a"),
        FactProvider(name: "files", kind: .fileDigest, location: "/b"),
    ]

    private func check(
        _ tool: String, _ condition: String, tools: [RegisteredTool] = [refund, open, shell],
        unknown: PolicyRegistry.UnknownTools = .refused
    ) -> PolicyCheck {
        let text = """
            @id("a") permit (principal is Countersign::Agent, action == Countersign::Action::"\(tool)", resource)
            when { \(condition) };
            """
        let registry = PolicyRegistry(tools: tools, providers: Self.providers, groups: [], unknownTools: unknown)
        return PolicyCheck(Text(text), against: registry)
    }

    @Test func `a rule about a tool that nobody registered is a mistake, and the nearest name is offered`() throws {
        let check = check("payments___refnd", "context.input.amont > 1")
        let problem = try #require(check.problems.first)
        #expect(problem.message.contains("nobody registered a tool") && problem.line == 1)
        #expect(problem.hint?.contains("payments___refund") == true)
        #expect(check.set == nil)
    }

    @Test func `while an installation is filled such a rule is doubtful and no mistake, and everything else stays one`()
    {
        let filled = check("payments___refnd", "true", unknown: .tolerated)
        #expect(filled.problems == [] && filled.set != nil)
        #expect(filled.warnings.first?.message.contains("nobody registered a tool") == true)
        #expect(check("payments___refund", "context.input.amont > 1", unknown: .tolerated).problems.count == 1)
    }

    @Test func `a set for whatever will be registered loads before any tool is`() {
        let text: Text = "@id(\"all\") permit (principal, action, resource);"
        #expect(PolicyCheck(text, against: PolicyRegistry(tools: [], providers: [], groups: [])).problems == [])
        // But what it reads is checked as soon as there is a tool.
        let reading: Text = "@id(\"all\") permit (principal, action, resource) when { context.input.amount > 1 };"
        #expect(
            !PolicyCheck(reading, against: PolicyRegistry(tools: [Self.open], providers: [], groups: []))
                .problems.isEmpty)
    }

    @Test(arguments: [
        ("payments___refund", "context.input.amount > 1", true),
        ("payments___refund", "context.input.amont > 1", false),
        ("payments___refund", "context.input.amount == \"1\"", false),
        ("payments___charge", "context.input.amount > 1", false),
        ("payments___charge", "context.input has amount && context.input.amount > 1", true),
        ("host___shell", "context.command.line like \"ls *\"", true),
        ("host___shell", "context.input.argv.contains(\"x\")", false),
        ("payments___refund", "context.command.line like \"ls *\"", false),
    ])
    func `arguments are read as the tool's registration types them`(tool: String, condition: String, loads: Bool) {
        #expect(check(tool, condition).problems.isEmpty == loads)
    }

    @Test func `open arguments are read behind has, where nothing is checked, and that is said`() {
        let check = check("payments___charge", "context.input has amont && context.input.amont > 1")
        #expect(check.problems == [])
        #expect(check.warnings.map(\.message) == ["this policy can apply only to tools whose arguments are not known"])
        #expect(check.warnings.first?.hint?.contains("--input-schema") == true)
    }

    @Test(arguments: [
        (
            "context.preconditions has orders && context.preconditions.orders has \"a b\" && context.preconditions.orders[\"a b\"] > 5",
            true
        ),
        (
            "context.preconditions has files && context.preconditions.files has x && context.preconditions.files.x == \"sha-256:0\"",
            true
        ),
        ("context.preconditions has orders.rows && context.preconditions.orders.rows > 5", true),
        (
            "context.preconditions has orders && context.preconditions.orders has a && context.preconditions.orders.a == \"5\"",
            false
        ),
        (
            "context.preconditions has files && context.preconditions.files has x && context.preconditions.files.x > 5",
            false
        ),
        ("context.preconditions.orders.a > 5", false),
    ])
    func `preconditions are typed by their registered providers`(condition: String, loads: Bool) {
        #expect(check("payments___refund", condition).problems.isEmpty == loads)
    }

    @Test func `a command has no input schema, and a schema too large or too deep is no schema`() {
        #expect(RegisteredTool.isUsable(["type": "object"]))
        #expect(!RegisteredTool.isUsable("object") && !RegisteredTool.isUsable([]))
        #expect(!RegisteredTool.isUsable(["title": .string(Text(String(repeating: "x", count: 16_384)))]))
        let deep = (0..<41).reduce(JSONValue.bool(true)) { inner, _ in ["a": inner] }
        #expect(!RegisteredTool.isUsable(deep) && RegisteredTool.isUsable(deep["a"]?["a"] ?? .null))
    }

    @Test func `names in a schema cannot break out of the types that are made from it`() {
        let names: [Text] = ["}; entity Evil;", "\"", "\\", "a\nb", "\u{202E}", "é", "e\u{301}", ""]
        let properties = JSONObject(uniqueNames: names)
        let tool = RegisteredTool(
            reference: ToolReference(server: "a", name: "b"), kind: .generic, title: "*/ } \u{2028}",
            targets: Self.targets, inputSchema: ["properties": .object(properties)])
        #expect(PolicyRegistry.canType(tool))
    }
}

extension JSONObject {
    fileprivate init(uniqueNames names: [Text]) {
        self.init()
        for name in names { self[name] = ["type": "string"] }
    }
}
