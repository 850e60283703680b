import ActionRendering
import CanonicalEncoding
import DomainModel
import Testing

extension Rendering {
    /// What its document says.
    var json: JSONValue {
        get throws { try document.json(limits: Self.readingLimits) }
    }
}

/// Subjects with everything that a real one has, and nothing that changes from run to run.
enum Sample {
    static let now = Timestamp(seconds: 1_795_251_600)

    static func request(_ byte: UInt8) -> RequestID { RequestID(at: now, random: Array(repeating: byte, count: 16)) }

    static func tool(
        _ kind: RegisteredTool.Kind = .generic, title: Text = "Run a statement on the orders database",
        traits: RegisteredTool.Traits = RegisteredTool.Traits(), reference: ToolReference = sql().tool
    ) -> RegisteredTool {
        RegisteredTool(reference: reference, kind: kind, title: title, traits: traits, targets: [])
    }

    static func sql(_ arguments: JSONObject = ["sql": "DELETE FROM orders WHERE status = 'void'"]) -> Action {
        Action(
            tool: ToolReference(server: "orders-db", name: "execute_sql", definition: Digest(sha256: [1, 2, 3])),
            resource: ResourceReference(type: "Database", id: "prod/orders"), environment: "prod", arguments: arguments,
            preconditions: [Precondition(provider: "sql-count", of: "orders where status = 'void'", value: "1842")],
            expectations: [Expectation(observation: "rows", bound: .atMost, value: "1842")], deadlineSeconds: 600)
    }

    static func command(_ arguments: JSONObject) -> Action {
        Action(
            tool: ToolReference(server: "host", name: "command"),
            resource: ResourceReference(type: "Host", id: "build-7"), environment: "staging", arguments: arguments,
            deadlineSeconds: 120)
    }

    static func subject(_ action: Action, tool: RegisteredTool? = nil) throws -> RenderingSubject {
        let agent = Agent(
            id: try #require(AgentID("deploy-bot")), owner: try #require(PersonID("olga")),
            purpose: "Deploys the shop and repairs failed deployments", keys: [],
            createdAt: now.adding(seconds: -8_640_000),
            endsAt: now.adding(seconds: 8_640_000))
        let requirement = ApprovalRequirement(
            groups: [
                ApprovalRequirement.Group(name: try #require(GroupID("finance")), quorum: 1),
                ApprovalRequirement.Group(name: try #require(GroupID("operations")), quorum: 2),
            ], voteSeconds: 900, assurance: 2, criteria: ["The backup of today exists", "The ticket names these rows"],
            waitSeconds: 3600, ownerMayApprove: false)
        return RenderingSubject(
            action: action, tool: tool ?? Self.tool(),
            requester: RenderingSubject.Requester(
                agent: agent, ownerName: "Olga Ostrova", keyThumbprint: "NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs",
                proof: .dpop),
            policy: RenderingSubject.PolicyAnswer(
                digest: Digest(sha256: [4]), tier: .approval,
                reasons: [PolicyReason(policy: "deletes-need-people", text: "Deletes in production need people")],
                requirement: requirement),
            times: (now, now.adding(seconds: 3600)))
    }

    static func row(_ rendering: Rendering, _ path: Text) throws -> RenderingRow {
        try #require(rendering.rows.first { $0.path == path })
    }
}
