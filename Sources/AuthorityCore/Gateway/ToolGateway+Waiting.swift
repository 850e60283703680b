import ApprovalWorkflow
import AuthorityPorts
import CanonicalEncoding
import DomainModel
import Logging
import WireProtocol

/// Calls that wait for people.
extension ToolGateway {
    /// Where a held call stands.
    enum Situation: Sendable {
        case waits(WaitingCall)
        /// It is being executed: nobody's patience with people is needed any more.
        case runs(WaitingCall)
        case ended(ApprovalRequest)
    }

    /// How long somebody waits before looking again without having been woken, in seconds.
    private static let round: Int64 = 10

    /// Waits with the caller on the line, and runs the call as soon as it may. Of those who wait for the same call one runs it,
    /// and all get its answer. `limit` is how many seconds the server's callers wait for people, where the client could bear more.
    func hold(
        _ waiting: WaitingCall, _ patience: CallPatience, forPeopleAtMost limit: Int64
    ) async throws(AuthorityError) -> CallAnswer {
        if patience.isTask { _ = lane.submit { [self] in await attend(waiting) } }
        let seconds = min(patience.hold.components.seconds, limit)
        do { return try await stay(waiting, patience, seconds: seconds) } catch {
            // A caller that hangs up ends its reading as well: nothing failed.
            if Task.isCancelled { return .waiting(waiting) }
            throw error
        }
    }

    private func stay(
        _ waiting: WaitingCall, _ patience: CallPatience, seconds: Int64
    ) async throws(AuthorityError) -> CallAnswer {
        var waiting = waiting
        var secondsLeft = seconds
        var isToBeTold = true
        var isRunning = false
        while true {
            let seconds = max(1, min(secondsLeft, Self.round))
            let waiter = authority.watch.waiter(for: .request(waiting.request), seconds: seconds)
            defer { authority.watch.stop(waiter) }
            switch try await situation(waiting, patience) {
            case .ended(let request): return try await answer(to: request)
            case .waits(let now):
                waiting = now
                guard secondsLeft > 0 else { return .waiting(waiting) }
                if isToBeTold { patience.onWaiting?(waiting) }
                isRunning = false
            case .runs(let now):
                waiting = now
                // A client that can wait at all waits for the answer of what runs.
                guard patience.hold > .zero else { return .waiting(waiting) }
                isRunning = true
            }
            switch await waiter.ending() {
            case .changed: isToBeTold = false
            case .overdue:
                isToBeTold = true
                // An execution ends by its deadline.
                if !isRunning { secondsLeft -= seconds }
            // Nobody listens any more, or the server goes down: the call goes on waiting.
            case .cancelled, .drained: return .waiting(waiting)
            }
        }
    }

    /// Waits for a task without its caller.
    func attend(_ task: WaitingCall) async {
        while true {
            let waiter = authority.watch.waiter(for: .request(task.request), seconds: Self.round)
            defer { authority.watch.stop(waiter) }
            do throws(AuthorityError) {
                if case .ended = try await situation(task, CallPatience(isTask: true)) { return }
            } catch {
                authority.logger.error(
                    "A task could not be looked at; it is tried again.",
                    metadata: ["request": "\(task.request)", "reason": "\(error.context)"])
            }
            switch await waiter.ending() {
            case .changed, .overdue: continue
            case .cancelled, .drained: return
            }
        }
    }

    /// Looks where it stands, and takes the step towards the effect where people have allowed it.
    private func situation(
        _ waiting: WaitingCall, _ patience: CallPatience
    ) async throws(AuthorityError) -> Situation {
        let id = waiting.request
        guard let progress = try await authority.read({ try $0.progress(of: id) }) else {
            throw .notFound("\(id) is not there")
        }
        var waiting = waiting
        waiting.expiresAt = progress.expiresAt
        switch progress.status {
        case .pending: return .waits(waiting)
        case .granted, .executing: return .runs(waiting)
        case .approved: return try await claim(waiting, patience)
        case .completed, .failed, .violated, .unknown, .denied, .cancelled, .expired, .stale:
            return .ended(try await request(id))
        }
    }

    private enum Claim: Sendable {
        /// Somebody was faster, or it may not yet.
        case waits
        case ended(ApprovalRequest)
        case claimed(GrantClaim.Claimed)
    }

    /// Everything is looked at again: registry, policy, votes, clocks, switch.
    private func claim(_ waiting: WaitingCall, _ patience: CallPatience) async throws(AuthorityError) -> Situation {
        let action = try await request(waiting.request).submission.action
        let tool = try await memory.tool(server: action.tool.server, name: action.tool.name, authority)
        // An approval is not spent on a server that is away.
        if let tool, await !isReachable(tool.server) { return .waits(waiting) }
        let difference: FactDifference?
        do { difference = try await tool.asyncMap { try await changed(action, $0) } ?? nil } catch {
            // Doubt stops: what cannot be read now is read again.
            return .waits(waiting)
        }
        authority.probe.reached(.callBeforeClaim)
        let authority = authority
        let isRunnable = tool != nil
        let outcome = try await authority.write("claim call") { transaction in
            let outcome = try Self.claim(
                waiting.request, isRunnable: isRunnable, difference, authority, in: transaction)
            authority.probe.reached(.callClaimBeforeCommit)
            return outcome
        }
        authority.probe.reached(.callClaimAfterCommit)
        switch outcome {
        case .waits: return .waits(waiting)
        case .ended(let request): return .ended(request)
        case .claimed(let claimed):
            guard let tool else { return .waits(waiting) }
            let run = run(claimed, on: tool.server, isHeld: true)
            let onProgress = patience.onProgress
            if !lane.submit({ _ = await run.run(onProgress: onProgress) }) { _ = await run.giveUp() }
            return .runs(waiting)
        }
    }

    private static func claim(
        _ id: RequestID, isRunnable: Bool, _ difference: FactDifference?, _ authority: Authority,
        in transaction: any StoreTransaction
    ) throws -> Claim {
        let now = authority.now
        guard let request = try transaction.request(id), request.progress.status == .approved else { return .waits }
        switch try Recheck(authority: authority).verdict(request, executor: .gateway, reader: transaction, at: now) {
        case .waits: return .waits
        case .ends(let event):
            return .ended(try transaction.advance(request, by: event, at: now, epoch: authority.store.epoch))
        case .stands where difference != nil:
            return .ended(
                try transaction.advance(
                    request, by: .becameStale(.preconditionChanged), at: now, epoch: authority.store.epoch,
                    saying: difference?.json ?? [:]))
        case .stands(let until, let aftermath):
            guard isRunnable else { return .waits }
            return .claimed(
                try GatewayClaim(authority: authority).claim(
                    request, until: until, aftermath, at: now, in: transaction))
        }
    }

    /// What is told of a call that has ended; its kept answer is handed over.
    func answer(to request: ApprovalRequest) async throws(AuthorityError) -> CallAnswer {
        if request.progress.status == .unknown { return .nobodyKnows(of: request) }
        guard let call = try await authority.read({ try $0.heldCall(request.id) }), let kept = call.answer,
            let answer = CallAnswer(kept: kept)
        else { return .refused(try await refusal(endOf: request)) }
        // Whoever hung up has got nothing: it waits for the call to come again.
        if call.handedOverAt == nil, !Task.isCancelled {
            authority.probe.reached(.callBeforeHandOver)
            let authority = authority
            _ = try await authority.write("hand over answer") {
                try $0.handOver(request.id, at: authority.now)
            }
            authority.probe.reached(.callAfterHandOver)
        }
        return answer
    }

    func request(_ id: RequestID) async throws(AuthorityError) -> ApprovalRequest {
        guard let request = try await authority.read({ try $0.request(id) }) else {
            throw .notFound("\(id) is not there")
        }
        return request
    }
}
