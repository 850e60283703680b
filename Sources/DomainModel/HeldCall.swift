package import CanonicalEncoding

/// A call of the gateway that waited for people or was made as a task: what the same call attaches to when it comes again, and
/// where its answer is kept until somebody has got it.
///
/// A call that policy allows at once has none: it runs anew each time.
package struct HeldCall: Hashable, Sendable {
    package let request: RequestID
    /// Agent, key and proof of the request, and ``ApprovalRequest/callDigest``: only the same call of the same caller attaches
    /// (invariant S8), and whoever has a bearer token does not get what policy and people allowed to somebody with the key.
    package let agent: AgentID
    package let keyThumbprint: Text
    package let proof: CallerProof
    package let digest: Digest
    package let createdAt: Timestamp
    /// It runs after its approval although nobody is on the line.
    package var isTask: Bool
    /// It is forgotten from then on, with its answer.
    package var expiresAt: Timestamp
    /// What the server answered, `{"result": …}` or `{"error": …}`; nil while it has not run, and when nothing is known of it.
    package var answer: CanonicalDocument?
    /// Since then a call that comes again is a new one.
    package var handedOverAt: Timestamp?

    package init(
        request: RequestID, agent: AgentID, keyThumbprint: Text, proof: CallerProof, digest: Digest,
        createdAt: Timestamp,
        isTask: Bool, expiresAt: Timestamp, answer: CanonicalDocument? = nil, handedOverAt: Timestamp? = nil
    ) {
        self.request = request
        self.agent = agent
        self.keyThumbprint = keyThumbprint
        self.proof = proof
        self.digest = digest
        self.createdAt = createdAt
        self.isTask = isTask
        self.expiresAt = expiresAt
        self.answer = answer
        self.handedOverAt = handedOverAt
    }

    package init(_ request: ApprovalRequest, isTask: Bool) {
        self.init(
            request: request.id, agent: request.submission.agent, keyThumbprint: request.submission.keyThumbprint,
            proof: request.submission.proof, digest: request.callDigest, createdAt: request.submission.createdAt,
            isTask: isTask,
            expiresAt: request.progress.expiresAt)
    }

    /// The domain of the digest of an answer, which the completion observes.
    package static let answerDomain: StaticString = "countersign.call-answer.v1"
    /// How long an answer is there at least, however soon the request's own end comes.
    package static let leastRetentionSeconds: Int64 = 600
    /// How long an answer that was handed over still is there for others who waited for the same call.
    package static let sharedSeconds: Int64 = 60
}

extension ApprovalRequest {
    /// What was called, whatever a preview said of it at the time: the digest of the action without preconditions.
    package var callDigest: Digest {
        guard !submission.action.preconditions.isEmpty else { return submission.digest }
        var action = submission.action
        action.preconditions = []
        return action.digest
    }
}
