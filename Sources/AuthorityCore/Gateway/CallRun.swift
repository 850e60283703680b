import AuthorityPorts
import CanonicalEncoding
import DomainModel
import Logging
import ModelContextProtocol
import TransparencyLog

/// A claimed call on its way to the tool server and back into the record. It is sent at most once, whatever happens
/// (invariant S13): if we crash after the claim, the next start records it as unknown.
struct CallRun: Sendable {
    let authority: Authority
    let upstream: any Upstream
    let server: UpstreamServer
    let claimed: GrantClaim.Claimed
    /// Its answer is kept for whoever comes for it.
    let isHeld: Bool

    private var request: ApprovalRequest { claimed.request }

    /// Sends it and completes it; gives what its caller is told.
    func run(onProgress: (@Sendable (JSONObject) -> Void)? = nil) async -> CallAnswer {
        let result: Result<RPCResponse.Outcome, UpstreamError>
        do { result = .success(try await upstream.ask(call(onProgress))) } catch { result = .failure(error) }
        authority.probe.reached(.callAfterAnswer)
        return await end(as: CallOutcome(result, limits: server.limits))
    }

    /// It was claimed, and will not be sent.
    func giveUp() async -> CallAnswer { await end(as: .notSent) }

    /// The stored action's own values, written canonically by the adapter: never the client's bytes.
    private func call(_ onProgress: (@Sendable (JSONObject) -> Void)?) -> UpstreamCall {
        let action = request.submission.action
        let isMethod = ServerMethod(rawValue: action.tool.name.string) != nil
        let params: JSONObject =
            isMethod ? action.arguments : ["arguments": .object(action.arguments), "name": .string(action.tool.name)]
        // Before the deadline, so that the time that is over is the call's and not the record's.
        let seconds = min(server.limits.callSeconds, max(1, action.deadlineSeconds - 1))
        return UpstreamCall(
            method: isMethod ? action.tool.name : "tools/call", params: params, timeout: .seconds(seconds),
            onProgress: onProgress)
    }

    private func end(as outcome: CallOutcome) async -> CallAnswer {
        do throws(AuthorityError) {
            let isRecorded = try await record(outcome)
            authority.probe.reached(.callCompletionAfterCommit)
            guard isRecorded else { return .nobodyKnows(of: request) }
        } catch {
            // The execution's deadline makes it unknown.
            authority.logger.error(
                "A call ran, and the record cannot say how.",
                metadata: ["request": "\(request.id)", "reason": "\(error.context)"])
            return .nobodyKnows(of: request)
        }
        switch outcome {
        case .answered(let answer, _): return CallAnswer(answer)
        case .notSent: return .refused(.unavailable(server.name, request: request.id))
        case .unknown: return .nobodyKnows(of: request)
        }
    }

    /// False: it had ended before, by a freeze or its deadline; what is known now is kept as evidence.
    private func record(_ outcome: CallOutcome) async throws(AuthorityError) -> Bool {
        try await authority.write("complete call") { transaction in
            let now = authority.now
            let ending = try ending(transaction)
            let duration = now.milliseconds - claimed.execution.claimedAt.milliseconds
            guard let completion = outcome.completion(after: duration, at: now) else {
                guard case .unknown(let cause) = outcome, ending.execution.status == .executing else { return false }
                try ending.lose(.outcomeUnknown, at: now, in: transaction, saying: ["cause": .string(cause)])
                authority.probe.reached(.callCompletionBeforeCommit)
                return true
            }
            guard case .success(let ended) = try ending.complete(completion, at: now, in: transaction) else {
                return false
            }
            if isHeld, case .answered(_, let document) = outcome {
                let until = max(ended.progress.expiresAt, now.adding(seconds: HeldCall.leastRetentionSeconds))
                _ = try transaction.keep(document, of: request.id, until: until)
                authority.probe.reached(.callAfterKept)
            }
            authority.probe.reached(.callCompletionBeforeCommit)
            return true
        }
    }

    /// The request as it was claimed, where nothing has touched it since; what was asked never changes.
    private func ending(_ transaction: any StoreTransaction) throws -> ExecutionEnding {
        guard try transaction.progress(of: request.id)?.revision != request.progress.revision else {
            return ExecutionEnding(authority: authority, request: request, execution: claimed.execution)
        }
        guard let request = try transaction.request(request.id),
            let execution = try transaction.execution(claimed.execution.id)
        else { throw StoreError.damaged("\(request.id) was claimed and is not there") }
        return ExecutionEnding(authority: authority, request: request, execution: execution)
    }
}
