import ApprovalWorkflow
import AuthorityPorts
import CanonicalEncoding
import DomainModel
import TransparencyLog
import WireProtocol

/// A new request as it will be stored: all that follows from what the agent sent, the inventory and the time.
///
/// Writers stand in one line, so the work that needs no line is done before: with the inventory as the last write left it. In
/// the transaction such a draft counts only where the inventory is still that one (`StoreTransaction.inventoryStamp`);
/// otherwise it is made again, and the two ways are the same code.
struct RequestDraft: Sendable {
    let request: ApprovalRequest
    let documents: RequestDocuments
    let entry: LogLeaf

    /// How old a draft may be when its turn comes: what policy said of the time must be said of now.
    static let greatestAgeMilliseconds: Int64 = 1_000

    /// Who asks, as the reader knows it, and when.
    struct Asking: Sendable {
        let caller: AuthenticatedAgent
        let agent: Agent
        let now: Timestamp
    }

    init(
        _ opening: OpenRequestBody, _ asking: Asking, superseded: ApprovalRequest?, authority: Authority,
        reader: any StoreReader
    ) throws {
        let (caller, now) = (asking.caller, asking.now)
        let normalized = try NormalizedAction(opening.action, registry: StoredRegistry(reader: reader))
        var context = opening.context
        context.claimed = RequestContext.Claimed(
            resource: opening.action.claimedResource, environment: opening.action.claimedEnvironment)
        let submission = Submission(
            agent: caller.id, keyThumbprint: caller.keyThumbprint, action: normalized.action,
            context: context, epoch: authority.store.epoch, createdAt: now)
        let question = PolicyQuestion(
            submission: submission, agent: asking.agent, tool: normalized.tool, at: now)
        let judgement = try Judgement(question, superseded: superseded, authority: authority, reader: reader)
        request = ApprovalRequest(
            id: RequestID(at: now, random: authority.surroundings.random(16)), submission: submission,
            assessment: judgement.assessment,
            progress: Lifecycle.opening(judgement.opening, expiresAt: judgement.expiresAt, at: now))
        documents = RequestDocuments(request)
        entry = LogLeaf(.opened(request, epoch: submission.epoch))
    }
}

/// A draft that was made before the transaction.
struct EarlyDraft: Sendable {
    private let draft: RequestDraft
    private let stamp: UInt64

    /// Nil where the transaction has to do it: nothing is known yet, the draft needs more than the inventory, or it is
    /// refused, which is said by whoever sees the store as it is.
    init?(_ opening: OpenRequestBody, by caller: AuthenticatedAgent, authority: Authority) {
        guard opening.context.supersedes == nil, let inventory = authority.store.inventorySnapshot,
            let agent = try? inventory.reader.agent(caller.id),
            let draft = try? RequestDraft(
                opening, RequestDraft.Asking(caller: caller, agent: agent, now: authority.now), superseded: nil,
                authority: authority, reader: inventory.reader)
        else { return nil }
        self.draft = draft
        stamp = inventory.stamp
    }

    /// Nil where the inventory or the time has gone on.
    func valid(in transaction: any StoreTransaction, at now: Timestamp) -> RequestDraft? {
        let age = now.milliseconds - draft.request.submission.createdAt.milliseconds
        guard transaction.inventoryStamp == stamp, (0...RequestDraft.greatestAgeMilliseconds).contains(age) else {
            return nil
        }
        return draft
    }
}
