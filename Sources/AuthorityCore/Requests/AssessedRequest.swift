import ApprovalWorkflow
import AuthorityPorts
import CanonicalEncoding
import DomainModel
import WireProtocol

/// A request on its way in, inside its transaction: normalised and judged, but not yet stored.
struct AssessedRequest {
    /// What came in, and from whom.
    struct Asked {
        var action: SubmittedAction
        var context: RequestContext
        var caller: AuthenticatedAgent
        /// As it stands in this transaction.
        var agent: Agent
        var superseded: ApprovalRequest?
    }

    let authority: Authority
    let request: ApprovalRequest
    let opening: Opening
    /// For what policy allows at once.
    let aftermath: Aftermath

    init(_ asked: Asked, authority: Authority, reader: any StoreReader, at now: Timestamp) throws {
        let normalized = try NormalizedAction(asked.action, registry: StoredRegistry(reader: reader))
        var context = asked.context
        context.claimed = RequestContext.Claimed(
            resource: asked.action.claimedResource, environment: asked.action.claimedEnvironment)
        let submission = Submission(
            agent: asked.caller.id, keyThumbprint: asked.caller.keyThumbprint, proof: asked.caller.proof,
            action: normalized.action, context: context, epoch: authority.store.epoch, createdAt: now)
        let question = PolicyQuestion(submission: submission, agent: asked.agent, tool: normalized.tool, at: now)
        let judgement = try Judgement(question, superseded: asked.superseded, authority: authority, reader: reader)
        self.authority = authority
        opening = judgement.opening
        aftermath = judgement.aftermath
        request = ApprovalRequest(
            id: RequestID(at: now, random: authority.surroundings.random(16)), submission: submission,
            assessment: judgement.assessment,
            progress: Lifecycle.opening(judgement.opening, expiresAt: judgement.expiresAt, at: now))
    }

    /// People read one request after another; an agent that asks without end would bury what others ask.
    func checkRoom(_ reader: any StoreReader) throws {
        guard try reader.pendingCount(of: request.submission.agent) < OpenRequest.greatestPending else {
            throw AuthorityError(
                .tooManyPending, "\(OpenRequest.greatestPending) requests of this agent wait for people already.",
                hint: "Wait until some are decided, or cancel those that are not needed.", retryAfterSeconds: 60)
        }
    }

    /// Stores it with its log entry.
    func insert(
        idempotency: (key: Text, bodyDigest: Digest)?, in transaction: any StoreTransaction
    ) throws {
        try transaction.insert(request, idempotency: idempotency)
        authority.probe.reached(.requestAfterInsert)
        try transaction.append(.opened(request, epoch: request.submission.epoch))
    }
}
