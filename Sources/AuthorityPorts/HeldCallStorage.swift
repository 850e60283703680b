package import CanonicalEncoding
package import DomainModel

/// Reads the calls of the gateway that wait, or whose answer is kept.
package protocol HeldCallReading {
    func heldCall(_ request: RequestID) throws -> HeldCall?
    /// What the same call of the same caller attaches to: the newest that nobody has got the answer of, while its request can
    /// still run or runs, or while its answer is kept.
    func heldCall(sameAs call: HeldCall, at now: Timestamp) throws -> HeldCall?
    /// The newest such call that went stale and has no successor: what a new one takes the place of.
    func staleCall(sameAs call: HeldCall) throws -> RequestID?
    /// The tasks of a caller, the newest first.
    func heldTasks(agent: AgentID, keyThumbprint: Text, limit: Int) throws -> [RequestID]
    /// Tasks of everybody whose requests have not been claimed and have not ended: what a server that starts goes on with.
    func waitingTasks() throws -> [RequestID]
    /// Executing, and this agent executes it.
    func executions(by executor: AgentID) throws -> [ExecutionID]
}

/// Writes them. They are not the record: the log says that a call ran and by which digest it was answered, and an answer that
/// somebody has got is erased.
package protocol HeldCallWriting {
    func insert(_ call: HeldCall) throws
    /// From now on it runs without its caller.
    func makeTask(_ request: RequestID) throws
    /// Keeps what the server answered, once. False: there is no such call, or it has an answer.
    func keep(_ answer: CanonicalDocument, of request: RequestID, until: Timestamp) throws -> Bool
    /// Says that somebody has got the answer. False: there is none, or somebody had it before.
    func handOver(_ request: RequestID, at now: Timestamp) throws -> Bool
    /// Forgets those whose time is over, unless they still can run, and answers that were handed over before `handedOver`,
    /// unless they are a task's.
    func forgetHeldCalls(at now: Timestamp, handedOver: Timestamp) throws
}
