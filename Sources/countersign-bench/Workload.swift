import CanonicalEncoding
import DomainModel

/// The actions, the inventory and the policy that the rows are measured with.
enum Workload {
    /// A call of a registered tool whose canonical form has about that many bytes.
    static func action(bytes: Int, operation: JSONValue = "read") -> JSONValue {
        var arguments: JSONObject = ["operation": operation, "id": 7]
        var size = 110
        var number = 0
        while size + 60 <= bytes {
            let value = "a line of text, \(number), of an ordinary length"
            arguments[Text("field_\(number)")] = .string(Text(value))
            size += value.utf8.count + 16
            number += 1
        }
        return ["tool": ["server": "orders-db", "name": "execute"], "arguments": .object(arguments)]
    }

    static let tool = RegisteredTool(
        reference: ToolReference(server: "orders-db", name: "execute"), kind: .generic, title: "Work on orders",
        targets: [
            Target(
                name: "orders", resource: ResourceReference(type: "Database", id: "prod/orders"), environment: "prod")
        ],
        inputSchema: [
            "type": "object", "properties": ["operation": ["type": "string"], "id": ["type": "integer"]],
            "required": ["operation"],
        ])

    /// Twenty rules: what a request meets in an ordinary installation.
    static let policy: Text = {
        var rules = """
            @id("read") permit (principal, action == Countersign::Action::"orders-db___execute", resource)
            when { context.input.operation == "read" };
            @id("delete") permit (principal, action == Countersign::Action::"orders-db___execute", resource)
            when { context.input.operation == "delete" };
            @id("delete-needs-operators") @tier("approval") @approvers("operators") @quorum("1") @ttl("15m")
            @assurance("1") @criteria("I know which order it is") @reason("Deleting needs an operator")
            forbid (principal, action == Countersign::Action::"orders-db___execute", resource)
            when { context.input.operation == "delete" }
            unless { context has approval && context.approval.hasTag("operators") &&
                     context.approval.getTag("operators") >= 1 && context.approval.assurance >= 1 };

            """
        for number in 4...20 {
            rules += """
                @id("rule-\(number)") @reason("Never")
                forbid (principal, action, resource)
                when { context.input has operation && context.input.operation == "operation-\(number)" };

                """
        }
        return Text(rules)
    }()

    /// Keeps a result from being optimised away.
    @inline(never)
    static func keep(_ value: Int) {}
}
