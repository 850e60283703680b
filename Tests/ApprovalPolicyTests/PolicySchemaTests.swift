import ApprovalPolicy
import CanonicalEncoding
import CedarLanguage
import DomainModel
import Testing

@Suite struct PolicySchemaTests {
    private static let refund = RegisteredTool(
        reference: ToolReference(server: "payments", name: "refund"), kind: .generic, title: "Refund",
        targets: [
            Target(name: "prod", resource: ResourceReference(type: "Account", id: "a"), environment: "prod")
        ], inputSchema: input)
    private static let shell = RegisteredTool(
        reference: ToolReference(server: "orders-db", name: "sqlite3"), kind: .command, title: "Shell\n}; bad",
        targets: refund.targets)
    private static let input: JSONValue = [
        "type": "object", "required": ["amount", "to"],
        "properties": [
            "amount": ["type": "integer"], "note": ["type": ["string", "null"]],
            "to": ["type": "object", "properties": ["iban": ["type": "string"]], "required": ["iban"]],
            "tags": ["type": "array", "items": ["type": "string"]], "any": [:], "odd \" name": ["type": "boolean"],
        ],
    ]

    private func schema() throws -> CedarSchema {
        try CedarSchema(cedar: PolicySchema.text([Self.refund, Self.shell]))
    }

    private func check(_ condition: String, tool: String = "payments___refund") throws -> PolicyCheck {
        let policy = """
            @id("a") permit (principal is Countersign::Agent, action == Countersign::Action::"\(tool)", resource)
            when { \(condition) };
            """
        return PolicyCheck(Text(policy), schema: try schema())
    }

    @Test func `each tool is an action among the calls of tools`() throws {
        let names = try schema().actions.map(\.id.string)
        #expect(names == ["CallTool", "Mcp", "orders-db___sqlite3", "payments___refund"])
    }

    @Test func `the order of the tools does not matter`() {
        #expect(PolicySchema.text([Self.refund, Self.shell]) == PolicySchema.text([Self.shell, Self.refund]))
    }

    @Test(arguments: [
        "context.input.amount > 100", "context.input has note && context.input.note like \"a*\"",
        "context.input.to.iban == \"x\"", "context.input has tags && context.input.tags.contains(\"x\")",
        "context.input has \"odd \\\" name\" && context.input[\"odd \\\" name\"]",
        "context has approval && context.approval.hasTag(\"a\") && context.approval.getTag(\"a\") >= 1",
        "context.system.now < datetime(\"2030-01-01\") && context.deadline < duration(\"1h\")",
        "context.expect has rows && context.expect.rows has at_most && context.expect.rows.at_most < 5",
        "context has window && context.window.from < context.window.until && context.caller.delegationDepth == 0",
        "context.tool.destructive && context.environment == \"prod\" && resource.type == \"Account\"",
        "context.tool.hasTag(\"owner\") && context.tool.getTag(\"owner\") == \"payments\"",
        "principal.hasTag(\"team\") && principal.getTag(\"team\") == \"x\" && context.claimed.has_rollback",
    ])
    func `what policy sees is typed`(condition: String) throws {
        #expect(try check(condition).problems == [])
    }

    @Test(arguments: [
        "context.input.amont > 100", "context.input.amount == \"100\"", "context.input.note == \"x\"",
        "context.input.any == 1", "context.command.count == 1", "context.approval.count == 1",
    ])
    func `a misspelt, mistyped or untested argument is refused where it stands`(condition: String) throws {
        let check = try check(condition)
        #expect(check.problems.map(\.line) == [2])
        #expect(check.problems.allSatisfy { $0.column >= 8 })
    }

    @Test func `a command's arguments are read after they were asked for`() throws {
        let tool = "orders-db___sqlite3"
        #expect(try check("context.command.argument[\"2\"] like \"a*\"", tool: tool).problems.count == 1)
        let asked = "context.command.argument has \"2\" && context.command.argument[\"2\"] like \"a*\""
        #expect(try check(asked, tool: tool).problems == [])
    }

    @Test func `lint and validation are told together, in the order of the text`() throws {
        let source: Text = """
            permit (principal, action == Countersign::Action::"payments___refund", resource)
            when { context.input.amont > 1 };
            @tier("never") forbid (principal, action, resource);
            """
        let check = PolicyCheck(source, schema: try schema())
        #expect(check.problems.map(\.line) == [2, 3])
        #expect(check.count == 2)
    }

    @Test func `what does not parse has one problem and no count`() throws {
        let check = PolicyCheck("permit (principal", schema: try schema())
        #expect(check.problems.count == 1)
        #expect(check.count == nil)
    }
}
