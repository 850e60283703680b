package import CanonicalEncoding
package import DomainModel

/// Which requests a list shows.
package struct RequestFilter: Sendable, Hashable {
    package var statuses: Set<RequestStatus>?
    package var agent: AgentID?
    /// Only requests created before this one, for paging backwards.
    package var before: RequestID?
    package var limit: Int

    package init(
        statuses: Set<RequestStatus>? = nil, agent: AgentID? = nil, before: RequestID? = nil, limit: Int = 100
    ) {
        self.statuses = statuses
        self.agent = agent
        self.before = before
        self.limit = limit
    }
}

/// Reads requests, votes, executions and reviews.
package protocol RequestReading {
    func request(_ id: RequestID) throws -> ApprovalRequest?
    /// How far it has come, without what was asked: for those who know that already.
    func progress(of id: RequestID) throws -> Progress?
    /// Newest first. A row that cannot be read is left out, so that it hides no other; `request` says that it is damaged.
    func requests(_ filter: RequestFilter) throws -> [ApprovalRequest]
    /// All that wait for people, the earliest end first.
    func pendingRequests() throws -> [RequestID]
    /// How many of this agent wait for people.
    func pendingCount(of agent: AgentID) throws -> Int64
    /// Votes in the order in which they were cast, withdrawn ones included.
    func votes(on request: RequestID) throws -> [Vote]
    func execution(_ id: ExecutionID) throws -> Execution?
    /// The execution that a claim with this key of this executor made.
    func execution(executor: AgentID, idempotencyKey: Text) throws -> (execution: Execution, bodyDigest: Digest)?
    /// The request that this agent opened with this key, and the digest of the body that came with it.
    func request(agent: AgentID, idempotencyKey: Text) throws -> (request: RequestID, bodyDigest: Digest)?
    /// Not terminal, before a claim, and `expiresAt` or the grant's token at or before `now`; the oldest first.
    /// Handles alone, here and below: what cannot be read is still found, and keeps nobody from the others.
    func requestsDue(at now: Timestamp, limit: Int) throws -> [RequestID]
    /// Executing with a deadline at or before `now`.
    func executionsDue(at now: Timestamp, limit: Int) throws -> [ExecutionID]
    /// Requests that are not terminal and carry an older epoch.
    func requestsOfEarlierEpochs(limit: Int) throws -> [RequestID]
    func reviews(limit: Int) throws -> [Review]
    /// Requests created since a time, of everybody: by status, tier and day, how long people took, and what they were asked
    /// for. A request that people approved counts as approved whatever became of it; the log's `request.approved` says so.
    func statistics(since: Timestamp) throws -> RequestStatistics
}

/// Writes requests and what belongs to them; each conditional write says whether it won.
package protocol RequestWriting {
    /// Inserts the request; `idempotency` ties it to the caller's key for 24 hours at least.
    func insert(_ request: ApprovalRequest, idempotency: (key: Text, bodyDigest: Digest)?) throws

    /// Writes `progress` if the stored revision is `expected`; the new one must be `expected + 1`. False when somebody
    /// was faster: read again.
    func update(_ id: RequestID, to progress: Progress, expecting expected: Int64) throws -> Bool

    /// **The guard of S2, S3, S5, S8 and S14**, one conditional statement: the request becomes `executing` only if its
    /// status is `granted`, and digest, key, grant's `txn` and token id, epoch and revision are these, and `now` is
    /// before every expiry of request and token. The execution is inserted in the same transaction. False: it was not so.
    func claim(_ guarded: ClaimGuard, execution: Execution, idempotency: (key: Text, bodyDigest: Digest)?) throws
        -> Bool

    /// While an earlier vote of the person counts when this one is cast, it is `alreadyExists` (invariant S7). An approval
    /// counts until it is withdrawn or its `expiresAt` is reached; it is kept as it was, and the person may vote again (V3).
    func insert(_ vote: Vote) throws
    /// False when there is no vote of that person that still counts: what has lapsed is not withdrawn.
    func withdrawVote(on request: RequestID, by person: PersonID, at now: Timestamp) throws -> Bool

    /// Ends an execution if it is still `executing`. False: it has ended already.
    func finish(_ id: ExecutionID, as status: Execution.Status, completion: Completion?) throws -> Bool
    /// Keeps a completion that came too late, the first one only. False: there is one already.
    func keepLateCompletion(_ completion: Completion, of id: ExecutionID) throws -> Bool
    func insert(_ review: Review) throws
}

/// Everything that a claim must still find true.
package struct ClaimGuard: Sendable, Hashable {
    package var request: RequestID
    package var digest: Digest
    package var keyThumbprint: Text
    package var txn: Text
    package var tokenID: Text
    package var epoch: Int64
    package var revision: Int64
    package var now: Timestamp

    package init(
        request: ApprovalRequest, grant: Grant, presented: Digest, keyThumbprint: Text, epoch: Int64, now: Timestamp
    ) {
        self.request = request.id
        digest = presented
        self.keyThumbprint = keyThumbprint
        txn = grant.txn
        tokenID = grant.tokenID
        self.epoch = epoch
        revision = request.progress.revision
        self.now = now
    }
}
