package import CanonicalEncoding
package import DomainModel

/// All that a rendering is made of: the action, what the server knows, and what the agent says.
package struct RenderingSubject: Sendable {
    /// The agent as the registry knows it.
    package struct Requester: Sendable {
        package var id: AgentID
        package var purpose: Text
        package var owner: (id: PersonID, name: Text)
        package var registeredAt: Timestamp
        package var keyThumbprint: Text
        package var proof: CallerProof

        package init(agent: Agent, ownerName: Text, keyThumbprint: Text, proof: CallerProof) {
            id = agent.id
            purpose = agent.purpose
            owner = (agent.owner, ownerName)
            registeredAt = agent.createdAt
            self.keyThumbprint = keyThumbprint
            self.proof = proof
        }
    }

    /// What policy answered.
    package struct PolicyAnswer: Sendable {
        package var digest: Digest
        package var tier: Tier
        package var reasons: [PolicyReason]
        package var requirement: ApprovalRequirement?

        package init(digest: Digest, tier: Tier, reasons: [PolicyReason], requirement: ApprovalRequirement?) {
            self.digest = digest
            self.tier = tier
            self.reasons = reasons
            self.requirement = requirement
        }
    }

    /// A fact about the target that the server has read itself.
    package struct PredictedEffect: Sendable {
        package var provider: Text
        package var of: Text
        package var value: Text
        package var readAt: Timestamp

        package init(provider: Text, of: Text, value: Text, readAt: Timestamp) {
            self.provider = provider
            self.of = of
            self.value = value
            self.readAt = readAt
        }
    }

    package var action: Action
    package var tool: RegisteredTool
    package var requester: Requester
    /// Task, window and superseded request are facts; justification, plan, rollback and links are the agent's words.
    package var context: RequestContext
    package var policy: PolicyAnswer
    package var effects: [PredictedEffect]
    /// The action of the request that this one supersedes.
    package var superseded: Action?
    package var submittedAt: Timestamp
    /// Until when the request waits.
    package var expiresAt: Timestamp

    package init(
        action: Action, tool: RegisteredTool, requester: Requester, policy: PolicyAnswer,
        times: (submittedAt: Timestamp, expiresAt: Timestamp)
    ) {
        self.action = action
        self.tool = tool
        self.requester = requester
        self.policy = policy
        context = RequestContext()
        effects = []
        submittedAt = times.submittedAt
        expiresAt = times.expiresAt
    }
}
