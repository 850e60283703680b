import ApprovalPolicy
import CanonicalEncoding
import DomainModel
import Testing

/// The smallest facts that a policy can be asked with.
struct Facts {
    static let now = Timestamp(seconds: 1_800_000_000)

    static func person(_ name: Text) -> PersonID {
        guard let id = PersonID(name) else { preconditionFailure("\(name) is no name") }
        return id
    }

    static func group(_ name: Text) -> GroupID {
        guard let id = GroupID(name) else { preconditionFailure("\(name) is no name") }
        return id
    }

    static func agent(_ name: Text) -> AgentID {
        guard let id = AgentID(name) else { preconditionFailure("\(name) is no name") }
        return id
    }

    var input: JSONObject = [:]
    var command: [Text]?
    var executable: Text = "/usr/bin/sqlite3"
    var claims: [Text: Text] = [:]
    var claimed: JSONObject = [:]
    var bounds = PolicyFacts.Bounds()
    var tool = ToolReference(server: "payments", name: "refund")
    var approval: ApprovalFacts?

    var facts: PolicyFacts {
        PolicyFacts(
            principal: PolicyFacts.Principal(
                id: Self.agent("billing-bot"), owner: Self.person("olga"), environment: "prod",
                groups: [Self.group("bots")], ownerGroups: [Self.group("staff")], claims: claims),
            tool: PolicyFacts.Tool(
                reference: tool, traits: RegisteredTool.Traits(destructive: true, readOnly: false, openWorld: false)),
            resource: ResourceReference(type: "Database", id: "prod/orders"), environment: "prod", input: input,
            command: command.map { PolicyFacts.Command(arguments: $0, executable: executable) },
            caller: PolicyFacts.Caller(proof: "dpop", shared: false, delegationDepth: 1, task: "task-1"),
            claimed: claimed, bounds: bounds, now: Self.now, approval: approval)
    }

    /// An approval by these people, each counted for that group.
    static func approval(
        _ people: [Text], group: Text, assurance: Int64 = 2, at: Timestamp = Facts.now
    ) -> ApprovalFacts {
        ApprovalFacts(
            approvers: people.map(person), perGroup: [(self.group(group), Int64(people.count))],
            count: Int64(people.count), assurance: assurance, approvedAt: at, approvedUntil: at.adding(seconds: 900),
            breakGlass: false)
    }
}

/// What a test says about an outcome in one word.
func word(_ outcome: PolicyOutcome) -> String {
    switch outcome {
    case .denied(let kind, _): kind.rawValue
    case .allowed(let tier, _): tier.rawValue
    case .needsApproval: "approval"
    }
}

func outcome(_ text: String, _ facts: Facts = Facts()) throws -> PolicyOutcome {
    try PolicySet(source: Text(text), groups: nil).evaluate(facts.facts)
}

/// Loads a text that has to be refused.
func problems(_ text: String, groups: Set<Text>? = nil) -> [PolicyProblem] {
    do {
        _ = try PolicySet(source: Text(text), groups: groups)
        return []
    } catch {
        return error.problems
    }
}
