import ApprovalWorkflow
import AuthorityPorts
package import CanonicalEncoding
import DomainModel
import TransparencyLog
import WireProtocol

/// `POST /v1/executions/{id}/completion`: compares what ran with what was approved, and opens a review where due.
package struct CompleteExecution: Sendable {
    let authority: Authority

    package init(_ authority: Authority) {
        self.authority = authority
    }

    /// Too late, it is kept as evidence and changes nothing. Said twice in the same words, it is answered twice alike.
    package func run(_ caller: AuthenticatedAgent, id: Text, body: JSONValue) async throws(AuthorityError) -> JSONValue
    {
        guard let id = ExecutionID(id) else { throw .notFound("no handle of an execution") }
        let said: CompletionBody
        do { said = try CompletionBody(json: body) } catch { throw AuthorityError(error) }
        authority.probe.reached(.completionBeforeTransaction)
        let authority = authority
        let view = try await authority.write("complete execution") { transaction in
            guard let execution = try transaction.execution(id), execution.executor == caller.id,
                let request = try transaction.request(execution.request)
            else { throw AuthorityError.notFound("\(id) is not of \(caller.id) or not there") }
            let now = authority.now
            let completion = Completion(
                outcome: said.outcome, observed: said.observed,
                observer: request.submission.agent == caller.id ? .agent : .executor, at: now)
            let ending = ExecutionEnding(authority: authority, request: request, execution: execution)
            let view: Result<JSONValue, AuthorityError> =
                switch try ending.complete(completion, at: now, in: transaction) {
                case .success(let ended): .success(try ended.view(transaction))
                case .failure(let refusal): .failure(refusal)
                }
            authority.probe.reached(.completionBeforeCommit)
            return view
        }.get()
        authority.probe.reached(.completionAfterCommit)
        return view
    }
}

/// How an execution ends, inside a transaction: by a completion, or for want of one.
struct ExecutionEnding: Sendable {
    let authority: Authority
    let request: ApprovalRequest
    let execution: Execution

    /// The request as it ended.
    func complete(
        _ completion: Completion, at now: Timestamp, in transaction: any StoreTransaction
    ) throws -> Result<ApprovalRequest, AuthorityError> {
        guard execution.status == .executing else { return try repeated(completion, at: now, in: transaction) }
        guard now <= execution.deadline else {
            try lose(.deadlineMissed, at: now, in: transaction)
            try keepLate(completion, at: now, in: transaction)
            return .failure(AuthorityError(.deadlinePassed, "The deadline has passed; this is kept as evidence."))
        }
        let verdict = Comparison.judge(
            completion, of: request.submission.action, executedDigest: execution.digest,
            approved: request.submission.digest)
        let ended = try transaction.advance(
            request, by: verdict.event, at: now, epoch: authority.store.epoch,
            saying: ["outcome": "\(completion.outcome.rawValue)"])
        guard let status = Execution.Status(rawValue: ended.progress.status.rawValue),
            try transaction.finish(execution.id, as: status, completion: completion)
        else { throw StoreError.unavailable("\(execution.id) ended during the transaction") }
        authority.probe.reached(.completionAfterUpdate)
        try log(status, completion: completion, verdict: verdict, at: now, in: transaction)
        if let cause = reviewCause(status, completion) { try open(cause, at: now, in: transaction) }
        if status == .violated { try freezeAsPolicySays(at: now, in: transaction) }
        return .success(ended)
    }

    /// Claimed but unfinished: unknown, and nothing repeats it (invariant S13).
    func lose(
        _ reason: EndReason, at now: Timestamp, in transaction: any StoreTransaction, saying more: JSONObject = [:]
    ) throws {
        try transaction.advance(
            request, by: .lost(reason), at: now, epoch: authority.store.epoch, saying: more)
        guard try transaction.finish(execution.id, as: .unknown, completion: nil) else {
            throw StoreError.unavailable("\(execution.id) ended during the transaction")
        }
        try log(.unknown, completion: nil, verdict: nil, at: now, in: transaction)
        try open(.unknown, at: now, in: transaction)
    }

    private func repeated(
        _ completion: Completion, at now: Timestamp, in transaction: any StoreTransaction
    ) throws -> Result<ApprovalRequest, AuthorityError> {
        if let first = execution.completion, first.outcome == completion.outcome, first.observed == completion.observed
        {
            return .success(request)
        }
        if try keepLate(completion, at: now, in: transaction) {
            try open(.lateCompletion, at: now, in: transaction)
        }
        return .failure(
            AuthorityError(
                .executionEnded, "The execution is \(execution.status.rawValue); this is kept as evidence."))
    }

    /// Evidence of what came too late, with its entry; false: there is some already.
    @discardableResult
    private func keepLate(
        _ completion: Completion, at now: Timestamp, in transaction: any StoreTransaction
    ) throws -> Bool {
        guard try transaction.keepLateCompletion(completion, of: execution.id) else { return false }
        try transaction.append(
            LogEntry(
                kind: "execution.late_completion", subject: execution.id.text, at: now, epoch: authority.store.epoch,
                body: ["outcome": "\(completion.outcome.rawValue)", "observed": .object(completion.observed)]))
        return true
    }

    private func log(
        _ status: Execution.Status, completion: Completion?, verdict: ComparisonVerdict?, at now: Timestamp,
        in transaction: any StoreTransaction
    ) throws {
        var body: JSONObject = ["request": .string(request.id.text), "status": "\(status.rawValue)"]
        if let completion {
            body["outcome"] = "\(completion.outcome.rawValue)"
            body["observer"] = "\(completion.observer.rawValue)"
            body["observed"] = .object(completion.observed)
        }
        if case .differs(let difference) = verdict { body["difference"] = "\(difference.code)" }
        try transaction.append(
            LogEntry(
                kind: "execution.\(status.rawValue)", subject: execution.id.text, at: now,
                epoch: authority.store.epoch, body: body))
    }

    private func reviewCause(_ status: Execution.Status, _ completion: Completion) -> Review.Cause? {
        switch status {
        case .violated: .violated
        case .unknown: .unknown
        // What an executor says of itself is looked at; that nothing was sent, the gateway knows.
        case .failed where completion.outcome == .noEffect && completion.observer != .countersign: .noEffect
        default: request.assessment.tier == .review || execution.aftermath.isReviewed ? .tier : nil
        }
    }

    /// `@on_violation` of the rules by which it ran. What is frozen already stays as whoever froze it said.
    private func freezeAsPolicySays(at now: Timestamp, in transaction: any StoreTransaction) throws {
        let scopes = Set(
            execution.aftermath.onViolation.map { freeze -> Freeze.Scope in
                switch freeze {
                case .agent: .agent(request.submission.agent)
                case .executor: .agent(execution.executor)
                case .tool: .tool(request.submission.action.tool.qualifiedName)
                }
            })
        guard !scopes.isEmpty else { return }
        let frozen = Set(try transaction.freezes().map(\.scope))
        let application = ChangeApplication(authority: authority, by: "policy", at: now)
        for scope in scopes.subtracting(frozen).sorted(by: { $0.key < $1.key }) {
            try application.freeze(
                scope, reason: "\(execution.id.text) did something else than was approved.", in: transaction)
        }
    }

    private func open(_ cause: Review.Cause, at now: Timestamp, in transaction: any StoreTransaction) throws {
        let review = Review(
            id: ReviewID(at: now, random: authority.surroundings.random(16)), execution: execution.id,
            request: request.id, cause: cause, openedAt: now, dueAt: now.adding(seconds: 7 * 86_400))
        try transaction.insert(review)
        try transaction.append(
            LogEntry(
                kind: "review.opened", subject: review.id.text, at: now, epoch: authority.store.epoch,
                body: [
                    "request": .string(request.id.text), "execution": .string(execution.id.text),
                    "cause": "\(cause.rawValue)",
                ]))
    }
}
