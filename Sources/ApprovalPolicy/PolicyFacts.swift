package import CanonicalEncoding
package import DomainModel

/// Everything that the server knows when it asks policy.
///
/// In policy text, with `N` for the namespace (`Countersign`): the principal is `N::Agent::"id"` in its `N::Group`s, with
/// `owner` (`N::Human`, in its own `N::Group`s), `environment` where it has one, and verified claims as tags. The action is
/// `N::Action::"server___tool"`, in `N::Action::"CallTool"`, in `N::Action::"Mcp"`. The resource is
/// `N::Resource::"<type>/<id>"` with the attributes `type` and `id`, in the resources that its path names:
/// `Database/prod/orders` is in `Database/prod` and in `Database`.
package struct PolicyFacts: Sendable {
    package struct Principal: Hashable, Sendable {
        package var id: AgentID
        package var owner: PersonID
        package var environment: Text?
        package var groups: [GroupID]
        /// The owner's.
        package var ownerGroups: [GroupID]
        /// What the agent's credential proves beside its name.
        package var claims: [Text: Text]

        package init(
            id: AgentID, owner: PersonID, environment: Text?, groups: [GroupID], ownerGroups: [GroupID] = [],
            claims: [Text: Text]
        ) {
            self.id = id
            self.owner = owner
            self.environment = environment
            self.groups = groups
            self.ownerGroups = ownerGroups
            self.claims = claims
        }
    }

    /// `context.tool`: `N::Tool::"server___tool"` in `N::Server::"server"`, with its traits as attributes.
    package struct Tool: Hashable, Sendable {
        package var reference: ToolReference
        package var traits: RegisteredTool.Traits

        package init(reference: ToolReference, traits: RegisteredTool.Traits) {
            self.reference = reference
            self.traits = traits
        }
    }

    /// `context.command`: `program`, `line` (all arguments joined by spaces, for simple patterns; ambiguous by nature),
    /// `count`, and `argument` with the members "0" (the program), "1", ….
    package struct Command: Sendable {
        /// The argument vector; the first is the name that the program is called by.
        package var arguments: [Text]
        /// The file that is executed, as an absolute path.
        package var executable: Text

        package init(arguments: [Text], executable: Text) {
            self.arguments = arguments
            self.executable = executable
        }
    }

    /// `context.caller`: how the caller proved who it is, and on whose behalf it acts.
    package struct Caller: Sendable {
        package var proof: Text
        package var shared: Bool
        package var delegationDepth: Int64
        package var task: Text?

        package init(proof: Text, shared: Bool, delegationDepth: Int64, task: Text?) {
            self.proof = proof
            self.shared = shared
            self.delegationDepth = delegationDepth
            self.task = task
        }
    }

    /// What the action lets itself be held to; people see the same, and the server checks it.
    ///
    /// `context.window` with `from` and `until` (datetimes), only where one was asked for; `context.deadline` (a duration);
    /// `context.expect`: a record by observation of records by bound, as in the action; `context.preconditions`: a record by
    /// provider of records by subject. Numbers in them are Long where they are decimal text of 64 bits, everything else is
    /// a String.
    package struct Bounds: Sendable {
        package var window: RequestContext.Window?
        package var deadlineSeconds: Int64
        package var expectations: [Expectation]
        package var preconditions: [Precondition]

        package init(
            window: RequestContext.Window? = nil, deadlineSeconds: Int64 = 0, expectations: [Expectation] = [],
            preconditions: [Precondition] = []
        ) {
            self.window = window
            self.deadlineSeconds = deadlineSeconds
            self.expectations = expectations
            self.preconditions = preconditions
        }
    }

    package var principal: Principal
    package var tool: Tool
    package var resource: ResourceReference
    /// `context.environment`: of the target, as it is registered.
    package var environment: Text
    /// `context.input`: objects are records, arrays sets; `null` members are left out.
    package var input: JSONObject
    package var command: Command?
    package var caller: Caller
    /// `context.claimed`: what the agent says without proof: `justification`, `plan`, `task`, `task_title`, `has_rollback`,
    /// and `resource` and `environment` where it named them.
    package var claimed: JSONObject
    package var bounds: Bounds
    /// `context.system.now`.
    package var now: Timestamp
    /// `context.approval`, only once the workflow's own quorum is reached.
    package var approval: ApprovalFacts?

    // Eleven facts, all different in kind: a builder would only hide which of them the caller forgot.
    package init(
        principal: Principal, tool: Tool, resource: ResourceReference, environment: Text, input: JSONObject,
        command: Command?, caller: Caller, claimed: JSONObject, bounds: Bounds, now: Timestamp,
        approval: ApprovalFacts?
    ) {
        self.principal = principal
        self.tool = tool
        self.resource = resource
        self.environment = environment
        self.input = input
        self.command = command
        self.caller = caller
        self.claimed = claimed
        self.bounds = bounds
        self.now = now
        self.approval = approval
    }
}

/// `context.approval`: what people have given. A tag counts the distinct eligible approvers of that group.
package struct ApprovalFacts: Sendable {
    package var approvers: [PersonID]
    package var perGroup: [(GroupID, Int64)]
    package var count: Int64
    /// The lowest among the votes.
    package var assurance: Int64
    package var approvedAt: Timestamp
    package var approvedUntil: Timestamp
    package var breakGlass: Bool

    package init(
        approvers: [PersonID], perGroup: [(GroupID, Int64)], count: Int64, assurance: Int64, approvedAt: Timestamp,
        approvedUntil: Timestamp, breakGlass: Bool
    ) {
        self.approvers = approvers
        self.perGroup = perGroup
        self.count = count
        self.assurance = assurance
        self.approvedAt = approvedAt
        self.approvedUntil = approvedUntil
        self.breakGlass = breakGlass
    }
}
