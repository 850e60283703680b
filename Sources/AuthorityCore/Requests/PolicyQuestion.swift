import ApprovalPolicy
import AuthorityPorts
import CanonicalEncoding
import DomainModel
import WireProtocol

/// What policy is asked, now and again later: the submission, and what the server knows beside it.
struct PolicyQuestion: Sendable {
    let submission: Submission
    let agent: Agent
    /// Nil: not registered, which is a no before policy is asked.
    let tool: RegisteredTool?
    /// The members that the agent said without proof.
    let claimed: JSONObject
    let now: Timestamp

    init(submission: Submission, agent: Agent, tool: RegisteredTool?, at now: Timestamp) {
        self.submission = submission
        self.agent = agent
        self.tool = tool
        self.claimed = Self.claims(submission.context)
        self.now = now
    }

    /// The answer of the set in force; `approval` only once the workflow's own quorum is reached.
    func ask(_ set: PolicySet, approval: ApprovalFacts?, reader: any StoreReader) throws -> PolicyOutcome {
        set.evaluate(try facts(approval: approval, reader: reader))
    }

    /// What can come of the action's tool and target for this agent, whatever the arguments.
    func prospect(_ set: PolicySet, reader: any StoreReader) throws -> PolicyProspect {
        set.prospect(try facts(approval: nil, reader: reader))
    }

    private func facts(approval: ApprovalFacts?, reader: any StoreReader) throws -> PolicyFacts {
        let action = submission.action
        let groups = try reader.memberships(of: .agent(agent.id)).map(\.group)
        let ownerGroups = try reader.memberships(of: .person(agent.owner)).map(\.group)
        let traits = tool?.traits ?? RegisteredTool.Traits()
        return PolicyFacts(
            principal: PolicyFacts.Principal(
                id: agent.id, owner: agent.owner, environment: agent.environment, groups: groups,
                ownerGroups: ownerGroups, claims: [:]),
            tool: PolicyFacts.Tool(reference: action.tool, traits: traits),
            resource: action.resource, environment: action.environment, input: action.arguments,
            command: command(action), caller: try caller(reader), claimed: claimed, bounds: bounds, now: now,
            approval: approval)
    }

    private var bounds: PolicyFacts.Bounds {
        let action = submission.action
        return PolicyFacts.Bounds(
            window: submission.context.window, deadlineSeconds: action.deadlineSeconds,
            expectations: action.expectations, preconditions: action.preconditions)
    }

    private func command(_ action: Action) -> PolicyFacts.Command? {
        guard tool?.kind == .command,
            let invocation = try? CommandInvocation(json: .object(action.arguments), path: "action.arguments")
        else { return nil }
        return PolicyFacts.Command(
            arguments: invocation.argv.map(\.policyText), executable: invocation.executable.path)
    }

    /// Never shared: a key that is another agent's is refused when it is registered.
    private func caller(_ reader: any StoreReader) throws -> PolicyFacts.Caller {
        PolicyFacts.Caller(
            proof: Text(submission.proof.rawValue), shared: false,
            delegationDepth: try TaskChain(of: submission.context, reader: reader).depth,
            task: submission.context.task?.id)
    }

    private static func claims(_ context: RequestContext) -> JSONObject {
        var object = JSONObject()
        if let justification = context.justification { object["justification"] = .string(justification) }
        if let plan = context.plan { object["plan"] = .string(plan) }
        if let task = context.task?.id { object["task"] = .string(task) }
        if let title = context.task?.title { object["task_title"] = .string(title) }
        object["has_rollback"] = .bool(context.rollback != nil)
        for member in context.claimed.json.objectValue?.members ?? [] { object[member.name] = member.value }
        return object
    }
}

extension CommandValue {
    /// What policy compares: the text, or the mark of a secret whose text the server never sees.
    fileprivate var policyText: Text {
        switch self {
        case .text(let text): text
        case .secret(let mark): "secret:\(mark.digest.wire)"
        }
    }
}
