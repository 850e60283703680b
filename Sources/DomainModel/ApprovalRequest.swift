package import CanonicalEncoding

/// What an agent asked for, and how far it has come.
///
/// `submission` and `assessment` are written once and never change (invariant S18); `progress` moves along the edges of
/// the state machine and nowhere else.
package struct ApprovalRequest: Hashable, Sendable {
    package let id: RequestID
    package let submission: Submission
    package let assessment: Assessment
    package var progress: Progress

    package init(id: RequestID, submission: Submission, assessment: Assessment, progress: Progress) {
        self.id = id
        self.submission = submission
        self.assessment = assessment
        self.progress = progress
    }
}

/// What was asked, by whom, when: bytes that never change.
package struct Submission: Hashable, Sendable {
    package var agent: AgentID
    /// The key that asked: the same one proves possession when the action runs (invariant S8). Where it asked with a bearer
    /// token, the key that got that token; it runs at the gateway, and nobody else is given a token for it.
    package var keyThumbprint: Text
    /// How it was asked: policy is told the same again before a token and at the claim.
    package var proof: CallerProof
    package let action: Action
    /// The action as it is digested, stored and sent.
    package let document: CanonicalDocument
    package let digest: Digest
    package var context: RequestContext
    /// The store's epoch; a restored store has a higher one (invariant S14).
    package var epoch: Int64
    package var createdAt: Timestamp

    package init(
        agent: AgentID, keyThumbprint: Text, proof: CallerProof, action: Action, context: RequestContext, epoch: Int64,
        createdAt: Timestamp
    ) {
        self.agent = agent
        self.keyThumbprint = keyThumbprint
        self.proof = proof
        self.action = action
        document = CanonicalDocument(action.json)
        digest = document.digest(domain: Action.digestDomain)
        self.context = context
        self.epoch = epoch
        self.createdAt = createdAt
    }
}

/// What the agent says around its action. None of it is verified; none of it is in the digest.
package struct RequestContext: Hashable, Sendable {
    package struct Task: Hashable, Sendable {
        package var id: Text
        package var parent: RequestID?
        package var title: Text?

        package init(id: Text, parent: RequestID? = nil, title: Text? = nil) {
            self.id = id
            self.parent = parent
            self.title = title
        }
    }

    package struct Window: Hashable, Sendable {
        package var from: Timestamp
        package var until: Timestamp

        package init(from: Timestamp, until: Timestamp) {
            self.from = from
            self.until = until
        }
    }

    package struct Link: Hashable, Sendable {
        package var rel: Text
        package var href: Text

        package init(rel: Text, href: Text) {
            self.rel = rel
            self.href = href
        }
    }

    /// What the agent said about the target although people register it: equal to that, or the request was refused. Kept,
    /// so that policy is asked the same question again before a token and at the claim.
    package struct Claimed: Hashable, Sendable {
        package var resource: ResourceReference?
        package var environment: Text?

        package init(resource: ResourceReference? = nil, environment: Text? = nil) {
            self.resource = resource
            self.environment = environment
        }
    }

    package var task: Task?
    package var justification: Text?
    package var plan: Text?
    /// An action that would undo this one: shown, not executed.
    package var rollback: SubmittedAction?
    /// Enforced at claim.
    package var window: Window?
    package var links: [Link]
    package var supersedes: RequestID?
    package var claimed = Claimed()

    package init(
        task: Task? = nil, justification: Text? = nil, plan: Text? = nil, rollback: SubmittedAction? = nil,
        window: Window? = nil, links: [Link] = [], supersedes: RequestID? = nil
    ) {
        self.task = task
        self.justification = justification
        self.plan = plan
        self.rollback = rollback
        self.window = window
        self.links = links
        self.supersedes = supersedes
    }
}

/// What the server made of it when it was submitted: policy's answer, and what approvers are shown.
package struct Assessment: Hashable, Sendable {
    package var policy: Digest
    package var tier: Tier
    package var reasons: [PolicyReason]
    package var requirement: ApprovalRequirement?
    /// One for all approvers, on all channels.
    package var rendering: CanonicalDocument
    package var renderingDigest: Digest
    /// False where a value cannot be shown whole: nobody can approve it then (invariant S6).
    package var isApprovable: Bool
    /// Nil where nobody registered the tool, and in requests of releases that did not keep it.
    package var registration: Registration?

    package init(
        policy: Digest, tier: Tier, reasons: [PolicyReason], requirement: ApprovalRequirement?,
        rendering: (document: CanonicalDocument, digest: Digest), isApprovable: Bool
    ) {
        self.policy = policy
        self.tier = tier
        self.reasons = reasons
        self.requirement = requirement
        self.rendering = rendering.document
        renderingDigest = rendering.digest
        self.isApprovable = isApprovable
    }
}

/// A policy that fired, and its `@reason`.
package struct PolicyReason: Hashable, Sendable {
    package var policy: Text
    package var text: Text

    package init(policy: Text, text: Text) {
        self.policy = policy
        self.text = text
    }
}

/// What people must do: every group reaches its quorum, within the shortest time, with the highest assurance that any
/// rule named, and every criterion is ticked.
package struct ApprovalRequirement: Hashable, Sendable {
    package struct Group: Hashable, Sendable {
        package var name: GroupID
        package var quorum: Int64

        package init(name: GroupID, quorum: Int64) {
            self.name = name
            self.quorum = quorum
        }
    }

    /// Sorted by name; never empty, and no quorum below one: zero or empty means no.
    package var groups: [Group]
    /// How long a vote is valid.
    package var voteSeconds: Int64
    /// 1 passkey, 2 device-bound passkey.
    package var assurance: Int64
    package var criteria: [Text]
    /// How long the request may wait for people.
    package var waitSeconds: Int64
    /// The owner of the agent may approve, because every rule that asked says so by name.
    package var ownerMayApprove: Bool

    package init(
        groups: [Group], voteSeconds: Int64, assurance: Int64, criteria: [Text], waitSeconds: Int64,
        ownerMayApprove: Bool
    ) {
        self.groups = groups
        self.voteSeconds = voteSeconds
        self.assurance = assurance
        self.criteria = criteria
        self.waitSeconds = waitSeconds
        self.ownerMayApprove = ownerMayApprove
    }
}

/// The part of a request that moves.
package struct Progress: Hashable, Sendable {
    package var status: RequestStatus
    /// Grows by one with each change: every write names the one it has read.
    package var revision: Int64
    package var endReason: EndReason?
    /// Waiting ends here; an approval's validity too, once people have voted.
    package var expiresAt: Timestamp
    package var updatedAt: Timestamp
    package var supersededBy: RequestID?
    package var grant: Grant?
    package var execution: ExecutionID?

    package init(status: RequestStatus, revision: Int64 = 1, expiresAt: Timestamp, updatedAt: Timestamp) {
        self.status = status
        self.revision = revision
        self.expiresAt = expiresAt
        self.updatedAt = updatedAt
    }
}

/// The authority to run the action once. One `txn` for a request, however many tokens are issued for it.
package struct Grant: Hashable, Sendable {
    package var id: GrantID
    /// The consumption key.
    package var txn: Text
    /// Who will execute: an agent's name. Itself, for `countersign run`.
    package var audience: AgentID
    package var tokenID: Text
    package var tokenExpiresAt: Timestamp

    package init(id: GrantID, txn: Text, audience: AgentID, tokenID: Text, tokenExpiresAt: Timestamp) {
        self.id = id
        self.txn = txn
        self.audience = audience
        self.tokenID = tokenID
        self.tokenExpiresAt = tokenExpiresAt
    }
}
