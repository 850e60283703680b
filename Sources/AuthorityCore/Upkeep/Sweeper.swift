import ApprovalWorkflow
import AuthorityPorts
import CanonicalEncoding
import DomainModel
import Logging

/// Ends what time has ended: waiting requests, lapsed tokens, missed deadlines, requests of an earlier epoch. It keeps no
/// state, so it can die anywhere and run again, also on several nodes.
package struct Sweeper: Sendable {
    private static let batch = 200

    let authority: Authority

    package init(_ authority: Authority) {
        self.authority = authority
    }

    /// One round; returns how many objects it ended. Call it about once a second.
    @discardableResult
    package func run() async throws(AuthorityError) -> Int {
        let now = authority.now
        let due = try await authority.read { reader in
            (
                try reader.requestsDue(at: now, limit: Self.batch),
                try reader.executionsDue(at: now, limit: Self.batch),
                try reader.requestsOfEarlierEpochs(limit: Self.batch)
            )
        }
        guard !(due.0.isEmpty && due.1.isEmpty && due.2.isEmpty) else { return 0 }
        let authority = authority
        let ended = try await authority.write("sweep") { transaction in
            var ended = 0
            for stale in due.2 where try end(stale, ofEarlierEpoch: true, at: now, in: transaction) { ended += 1 }
            for request in due.0 where try end(request, ofEarlierEpoch: false, at: now, in: transaction) { ended += 1 }
            for execution in due.1 where try lose(execution, at: now, in: transaction) { ended += 1 }
            authority.probe.reached(.sweepInTransaction)
            return ended
        }
        authority.probe.reached(.sweepAfterCommit)
        return ended
    }

    /// Forgets ceremonies, sessions, links, proofs and answers whose time is over. Call it about once a minute.
    package func forget() async throws(AuthorityError) {
        let now = authority.now
        try await authority.write("forget") { transaction in
            try transaction.forgetLapsed(at: now)
            try transaction.forgetHeldCalls(at: now, handedOver: now.adding(seconds: -HeldCall.sharedSeconds))
        }
    }

    /// Read again: somebody may have moved it since.
    private func end(
        _ id: RequestID, ofEarlierEpoch: Bool, at now: Timestamp, in transaction: any StoreTransaction
    ) throws -> Bool {
        guard let request = try readable(id.text, { try transaction.request(id) }),
            !request.progress.status.isTerminal
        else { return false }
        let epoch = authority.store.epoch
        if ofEarlierEpoch, request.submission.epoch != epoch {
            return try endEarlier(request, at: now, epoch: epoch, in: transaction)
        }
        guard request.progress.status.isBeforeClaim else { return false }
        if let event = Recheck.clockEnd(request, at: now) {
            try transaction.advance(request, by: event, at: now, epoch: epoch)
            return true
        }
        guard let grant = request.progress.grant, request.progress.status == .granted, now >= grant.tokenExpiresAt
        else { return false }
        try transaction.advance(request, by: .tokenLapsed, at: now, epoch: epoch)
        return true
    }

    /// After a restore: what waited is stale, what was executing is unknown (invariant S14).
    private func endEarlier(
        _ request: ApprovalRequest, at now: Timestamp, epoch: Int64, in transaction: any StoreTransaction
    ) throws -> Bool {
        if request.progress.status == .executing {
            let execution = try readable(request.id.text) {
                guard let id = request.progress.execution, let execution = try transaction.execution(id) else {
                    throw StoreError.damaged("it executes, but there is no execution")
                }
                return execution
            }
            guard let execution else { return false }
            try ExecutionEnding(authority: authority, request: request, execution: execution)
                .lose(.epochChanged, at: now, in: transaction)
        } else {
            try transaction.advance(request, by: .becameStale(.epochChanged), at: now, epoch: epoch)
        }
        return true
    }

    private func lose(_ id: ExecutionID, at now: Timestamp, in transaction: any StoreTransaction) throws -> Bool {
        guard let execution = try readable(id.text, { try transaction.execution(id) }), execution.status == .executing,
            let request = try readable(execution.request.text, { try transaction.request(execution.request) }),
            request.progress.status == .executing
        else { return false }
        try ExecutionEnding(authority: authority, request: request, execution: execution)
            .lose(.deadlineMissed, at: now, in: transaction)
        return true
    }

    /// V1: a row that cannot be read is passed over, so that it keeps nothing else alive. Only reading goes through here:
    /// nothing is written yet when it fails.
    private func readable<Value>(_ id: Text, _ read: () throws -> Value?) throws -> Value? {
        do {
            return try read()
        } catch StoreError.damaged(let what) {
            authority.logger.error(
                "passed over what cannot be read", metadata: ["id": "\(id.string)", "problem": "\(what)"])
            return nil
        }
    }
}
