import CanonicalEncoding

/// A gate for agents: which agent may call which tool on which target. Some policies are about every tool, the others about one.
enum GateWorkload {
    static func make(_ name: String, policies count: Int, actions: Int, aboutEverything: Int) -> PolicyWorkload {
        var numbers = RepeatableNumbers(seed: UInt64(count))
        let everything = (0..<aboutEverything).map(aboutEveryTool)
        let single = (0..<(count - aboutEverything)).map { aboutOneTool($0 % actions, form: $0 / actions) }
        return PolicyWorkload(
            name: name, schema: schema(actions: actions), policies: (everything + single).joined(separator: "\n"),
            entities: .array(entities()),
            requests: (0..<1_000).map { _ in request(actions: actions, &numbers) })
    }

    private static func schema(actions: Int) -> String {
        let context = """
            { input: { operation: String, amount: Long, path?: String, labels: Set<String> },
              origin: ipaddr, approvals?: Long }
            """
        let list = (0..<actions).map { "\"tool\($0)\"" }.joined(separator: ", ")
        return """
            entity Organisation;
            entity Team in [Organisation, Team];
            entity Agent, Pipeline in [Team] { clearance: Long, owner: String, suspended: Bool };
            entity Target, Service in [Environment] { level: Long, owners: Team, tags: Set<String> };
            entity Environment { production: Bool };
            action "every";
            action \(list) in ["every"] appliesTo {
                principal: [Agent, Pipeline], resource: [Target, Service], context: \(context)
            };
            """
    }

    private static func aboutEveryTool(_ number: Int) -> String {
        switch number % 4 {
        case 0:
            """
            @id("suspended-\(number)") @reason("The agent is suspended")
            forbid (principal, action, resource)
            when { principal.suspended && principal.clearance <= \(number) };
            """
        case 1:
            """
            @id("delete-\(number)") @tier("approval") @quorum("2")
            forbid (principal, action in Action::"every", resource in Environment::"e0")
            when { context.input.operation == "delete-\(number)" }
            unless { context has approvals && context.approvals >= 2 };
            """
        case 2:
            """
            @id("network-\(number)")
            forbid (principal is Agent in Team::"t\(number % 10)", action, resource)
            unless { context.origin.isInRange(ip("10.0.0.0/8")) };
            """
        default:
            """
            @id("secrets-\(number)")
            forbid (principal, action, resource)
            when { context.input has path && context.input.path like "*/secret-\(number)/*" };
            """
        }
    }

    private static func aboutOneTool(_ tool: Int, form: Int) -> String {
        let scope = "action == Action::\"tool\(tool)\""
        switch form % 4 {
        case 0:
            return """
                @id("tool\(tool)-owners-\(form)")
                permit (principal, \(scope), resource)
                when { principal in resource.owners && context.input.amount < 1000 };
                """
        case 1:
            return """
                @id("tool\(tool)-clearance-\(form)")
                permit (principal in Organisation::"o0", \(scope), resource)
                when { principal.clearance >= resource.level && ["read", "list"].contains(context.input.operation) };
                """
        case 2:
            return """
                @id("tool\(tool)-large-\(form)") @tier("approval") @quorum("1")
                forbid (principal, \(scope), resource in Environment::"e0")
                when { context.input.amount >= 500 && !(context has approvals && context.approvals >= 1) };
                """
        default:
            return """
                @id("tool\(tool)-labels-\(form)")
                forbid (principal, \(scope), resource is Target)
                when { resource.tags.contains("frozen") || context.input.labels.containsAny(["wipe", "purge"]) };
                """
        }
    }

    private static func entities() -> [JSONValue] {
        let uid = PolicyWorkload.uid
        var all = (0..<2).map { PolicyWorkload.entity(uid("Organisation", "o\($0)")) }
        all += (0..<10).map { PolicyWorkload.entity(uid("Team", "t\($0)"), in: [uid("Organisation", "o\($0 % 2)")]) }
        all += (0..<5).map {
            PolicyWorkload.entity(uid("Environment", "e\($0)"), ["production": .bool($0 == 0)])
        }
        for number in 0..<50 {
            let attributes: JSONObject = [
                "clearance": .integer(Int64(number % 6)), "owner": .string(Text("person\(number % 7)")),
                "suspended": .bool(number % 25 == 24),
            ]
            let team = uid("Team", "t\(number % 10)")
            all.append(PolicyWorkload.entity(caller(number), in: [team], attributes))
        }
        for number in 0..<50 {
            let attributes: JSONObject = [
                "level": .integer(Int64(number % 5)), "owners": uid("Team", "t\(number % 10)"),
                "tags": number % 10 == 9 ? ["frozen", "old"] : ["live"],
            ]
            let environment = uid("Environment", "e\(number % 5)")
            all.append(PolicyWorkload.entity(thing(number), in: [environment], attributes))
        }
        return all
    }

    private static func request(actions: Int, _ numbers: inout RepeatableNumbers) -> JSONValue {
        let operations: [JSONValue] = ["read", "list", "write", "delete-1"]
        var input: JSONObject = [
            "operation": operations[numbers.below(4)], "amount": .integer(Int64(numbers.below(1_200))),
            "labels": numbers.below(10) == 0 ? ["wipe"] : ["nightly", "report"],
        ]
        if numbers.below(2) == 0 { input["path"] = .string(Text("/srv/data/secret-\(numbers.below(40))/file")) }
        var context: JSONObject = ["input": .object(input), "origin": numbers.below(8) == 0 ? "192.0.2.7" : "10.1.2.3"]
        if numbers.below(3) == 0 { context["approvals"] = .integer(Int64(numbers.below(3))) }
        // The explicit form, which needs no schema to be read.
        context["origin"] = ["__extn": ["fn": "ip", "arg": context["origin"] ?? ""]]
        return PolicyWorkload.request(
            caller(numbers.below(50)), "tool\(numbers.below(actions))", thing(numbers.below(50)), context)
    }

    private static func caller(_ number: Int) -> JSONValue {
        PolicyWorkload.uid(number % 5 == 0 ? "Pipeline" : "Agent", "a\(number)")
    }

    private static func thing(_ number: Int) -> JSONValue {
        PolicyWorkload.uid(number % 3 == 0 ? "Service" : "Target", "r\(number)")
    }
}
