import AuthorityPorts
import CanonicalEncoding
import DomainModel
import Logging

/// What a gateway that starts does with what an earlier process left.
extension ToolGateway {
    /// Calls that were sent and never completed are unknown, and tasks that wait are waited for again. Calls of clients that are
    /// gone stay as they are: they run when they come again.
    func takeUp() async {
        do throws(AuthorityError) {
            try await loseWhatWasExecuting()
            let waiting = try await authority.read { reader in
                try reader.waitingTasks().compactMap { try reader.heldCall($0) }
            }
            for task in waiting {
                _ = lane.submit { [self] in await attend(WaitingCall(task)) }
            }
        } catch {
            // Deadlines end what was executing, and a task's caller asks again.
            authority.logger.error(
                "What the gateway left could not be taken up.", metadata: ["reason": "\(error.context)"])
        }
    }

    /// Claimed by a process that is no more. One store has one gateway (docs/decisions/0037).
    private func loseWhatWasExecuting() async throws(AuthorityError) {
        let authority = authority
        try await authority.write("lose calls") { transaction in
            let now = authority.now
            for id in try transaction.executions(by: .gateway) {
                guard let execution = try transaction.execution(id), execution.claimedAt < authority.startedAt,
                    let request = try transaction.request(execution.request)
                else { continue }
                try ExecutionEnding(authority: authority, request: request, execution: execution)
                    .lose(.outcomeUnknown, at: now, in: transaction, saying: ["cause": "restarted"])
            }
        }
    }
}
