import ActionRendering
import AuthorityPorts
import CanonicalEncoding
import DomainModel

/// Gathers what a rendering shows beside the action: what only the server knows, read once, at submission.
extension RenderingSubject {
    init(
        _ question: PolicyQuestion, verdict: Verdict, policy: Digest, superseded: ApprovalRequest?,
        expiresAt: Timestamp, reader: any StoreReader
    ) throws {
        let submission = question.submission
        let agent = question.agent
        let owner = try reader.person(agent.owner)
        self.init(
            action: submission.action, tool: question.tool ?? .unregistered(submission.action),
            requester: Requester(
                agent: agent, ownerName: owner?.name ?? agent.owner.text, keyThumbprint: submission.keyThumbprint,
                proof: submission.proof),
            policy: PolicyAnswer(
                digest: policy, tier: verdict.tier, reasons: verdict.reasons, requirement: verdict.requirement),
            times: (submission.createdAt, expiresAt))
        context = submission.context
        // Preconditions were read by the server just before this transaction, and hold.
        effects = submission.action.preconditions.map {
            PredictedEffect(provider: $0.provider, of: $0.of, value: $0.value, readAt: submission.createdAt)
        }
        self.superseded = superseded?.submission.action
    }
}

extension RegisteredTool {
    /// What stands in the place of a tool that nobody registered, so that a denied request can be shown as well.
    static func unregistered(_ action: Action) -> RegisteredTool {
        RegisteredTool(reference: action.tool, kind: .generic, title: "Not registered", targets: [], isEnabled: false)
    }
}
