import ApprovalWorkflow
import AuthorityPorts
import CanonicalEncoding
package import DomainModel
import WireProtocol

/// Calls seen as tasks of the protocol. A task's name is its request's.
extension ToolGateway {
    /// How many tasks a list shows, and the longest wait for a change, in seconds.
    private static let greatestList = 100
    private static let greatestWait: Int64 = 60

    package func task(
        _ id: RequestID, of caller: AuthenticatedAgent
    ) async throws(AuthorityError) -> GatewayTask {
        let (request, call) = try await own(id, of: caller)
        return GatewayTask(request, call, state: try await state(of: request))
    }

    /// Sixty seconds at most; `shuttingDown` where the server goes down meanwhile.
    package func taskChange(
        _ id: RequestID, of caller: AuthenticatedAgent, since revision: Int64, seconds: Int64
    ) async throws(AuthorityError) -> GatewayTask {
        var isOver = seconds <= 0
        while !isOver {
            let waiter = authority.watch.waiter(for: .request(id), seconds: min(seconds, Self.greatestWait))
            defer { authority.watch.stop(waiter) }
            let progress = try await own(id, of: caller).request.progress
            guard progress.revision == revision, !progress.status.isTerminal else { break }
            switch await waiter.ending() {
            // Whoever began to wait as a change was being told of may be woken by that one.
            case .changed: continue
            case .overdue, .cancelled: isOver = true
            case .drained:
                throw AuthorityError(.shuttingDown, "The server is going down.", hint: "Repeat the call.")
            }
        }
        return try await task(id, of: caller)
    }

    package func tasks(of caller: AuthenticatedAgent) async throws(AuthorityError) -> [GatewayTask] {
        let found = try await authority.read { reader in
            try reader.heldTasks(
                agent: caller.id, keyThumbprint: caller.keyThumbprint, limit: Self.greatestList
            ).compactMap { id -> (ApprovalRequest, HeldCall?)? in
                guard let request = try reader.request(id), caller.mayLearn(of: request.submission) else { return nil }
                return (request, try reader.heldCall(id))
            }
        }
        // Being listed hands nothing over.
        return found.map { request, call in
            GatewayTask(request, call, state: Self.state(of: request, answer: call?.answer))
        }
    }

    package func cancel(
        _ id: RequestID, by caller: AuthenticatedAgent
    ) async throws(AuthorityError) -> GatewayTask {
        _ = try await own(id, of: caller)
        let authority = authority
        authority.probe.reached(.cancelBeforeTransaction)
        try await authority.write("cancel call") { transaction in
            guard let request = try transaction.request(id), request.progress.status.isBeforeClaim else { return }
            try transaction.advance(
                request, by: .cancelled(by: .agent), at: authority.now, epoch: authority.store.epoch)
            authority.probe.reached(.cancelBeforeCommit)
        }
        authority.probe.reached(.cancelAfterCommit)
        return try await task(id, of: caller)
    }

    /// S8: another key of the same agent is another caller, and a bearer of a token is not somebody with the key.
    private func own(
        _ id: RequestID, of caller: AuthenticatedAgent
    ) async throws(AuthorityError) -> (request: ApprovalRequest, call: HeldCall?) {
        let (request, call) = try await authority.read { (try $0.request(id), try $0.heldCall(id)) }
        guard let request, caller.mayLearn(of: request.submission),
            call != nil || request.progress.grant?.audience == .gateway
        else { throw .notFound("\(id) is no call of \(caller.id)") }
        return (request, call)
    }

    /// A task that has ended hands its answer over: the same call made anew is another one.
    private func state(of request: ApprovalRequest) async throws(AuthorityError) -> GatewayTask.State {
        switch request.progress.status {
        case .completed, .failed:
            let answer = try await answer(to: request)
            if case .refused(let gone) = answer { return .gone(gone.text) }
            return Self.ended(with: answer)
        default: return Self.state(of: request, answer: nil)
        }
    }

    private static func state(of request: ApprovalRequest, answer: CanonicalDocument?) -> GatewayTask.State {
        switch request.progress.status {
        case .pending, .approved, .granted: return .working(WaitingCall(request))
        case .executing: return .working(nil)
        case .cancelled: return .cancelled
        case .unknown: return .failed(.nobodyKnows(of: request))
        case .completed, .failed:
            guard let answer = answer.flatMap(CallAnswer.init(kept:)) else {
                return .gone(CallRefusal(endOf: request).text)
            }
            return ended(with: answer)
        case .violated, .denied, .expired, .stale: return .failed(.refused(CallRefusal(endOf: request)))
        }
    }

    private static func ended(with answer: CallAnswer) -> GatewayTask.State {
        if case .serverError = answer { .failed(answer) } else { .completed(answer) }
    }
}

extension GatewayTask {
    init(_ request: ApprovalRequest, _ call: HeldCall?, state: State) {
        self.init(
            id: request.id, state: state, revision: request.progress.revision,
            createdAt: request.submission.createdAt, updatedAt: request.progress.updatedAt,
            expiresAt: call?.expiresAt ?? request.progress.expiresAt)
    }
}
