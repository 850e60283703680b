import ApprovalWorkflow
import AuthorityPorts
import CanonicalEncoding
import DomainModel
import WireProtocol

/// One call before policy, in one transaction: it is opened and, where policy allows it at once, granted and claimed for the
/// gateway, with the log entry of each edge. Bodies of transactions run as if alone, so that nothing can change in between.
struct CallGate: Sendable {
    let authority: Authority
    let caller: AuthenticatedAgent
    let target: CallTarget
    /// Whose schema the arguments were checked against.
    let tool: GatewayTool
    let patience: CallPatience
    /// Whether the tool server can be reached: what could not be sent is not claimed.
    let isReachable: Bool
    /// What the tool's preview says of the call; nil while nobody has asked it.
    var facts: [Precondition]?

    enum Outcome: Sendable {
        /// The registry has another definition by now: look again.
        case toolChanged
        /// People would be asked: read first what they are to be shown.
        case needsPreview
        case refused(CallRefusal)
        /// It waits for people, or has their answer: the request that it opened or attached to.
        case held(WaitingCall)
        case claimed(GrantClaim.Claimed)
    }

    func pass(_ transaction: any StoreTransaction) throws -> Outcome {
        let now = authority.now
        let agent = try transaction.standing(caller, at: now)
        guard let current = try transaction.tool(server: target.server, name: target.tool), current.isEnabled,
            current.kind == .mcp, current.reference == tool.registered.reference
        else { return .toolChanged }
        let asked = AssessedRequest.Asked(
            action: SubmittedAction(
                server: target.server, name: target.tool, arguments: target.arguments, preconditions: facts ?? []),
            context: RequestContext(), caller: caller, agent: agent)
        let assessed = try AssessedRequest(asked, authority: authority, reader: transaction, at: now)
        let outcome: Outcome =
            switch assessed.opening {
            case .allowed: try execute(assessed, at: now, in: transaction)
            case .needsPeople: try hold(assessed, asked, at: now, in: transaction)
            case .forbidden: try deny(assessed, in: transaction)
            }
        authority.probe.reached(.callBeforeCommit)
        return outcome
    }

    private func deny(_ assessed: AssessedRequest, in transaction: any StoreTransaction) throws -> Outcome {
        try assessed.insert(idempotency: nil, in: transaction)
        return .refused(CallRefusal(endOf: assessed.request))
    }

    /// A freeze is a guard and no state: nothing is opened that could not go on.
    private func execute(
        _ assessed: AssessedRequest, at now: Timestamp, in transaction: any StoreTransaction
    ) throws -> Outcome {
        let request = assessed.request
        if let freeze = try Recheck.freeze(on: request.submission, executor: .gateway, reader: transaction) {
            return .refused(CallRefusal(freeze))
        }
        guard isReachable else { return .refused(.unavailable(tool.server.name)) }
        try assessed.insert(idempotency: nil, in: transaction)
        if patience.isAnsweredByHandle { try transaction.insert(HeldCall(request, isTask: true)) }
        return .claimed(
            try GatewayClaim(authority: authority).claim(
                request, until: request.progress.expiresAt, assessed.aftermath, at: now, in: transaction))
    }

    private func hold(
        _ assessed: AssessedRequest, _ asked: AssessedRequest.Asked, at now: Timestamp,
        in transaction: any StoreTransaction
    ) throws -> Outcome {
        let call = HeldCall(assessed.request, isTask: patience.isTask)
        if let earlier = try transaction.heldCall(sameAs: call, at: now),
            let progress = try transaction.progress(of: earlier.request)
        {
            if patience.isTask, !earlier.isTask { try transaction.makeTask(earlier.request) }
            var waiting = WaitingCall(earlier)
            waiting.expiresAt = progress.expiresAt
            return .held(waiting)
        }
        if facts == nil, tool.isPreviewed { return .needsPreview }
        try assessed.checkRoom(transaction)
        let stale = try transaction.staleCall(sameAs: call).flatMap { try transaction.request($0) }
        return .held(try open(assessed, asked, after: stale, at: now, in: transaction))
    }

    /// After the same call went stale, approvers are shown what is different now.
    private func open(
        _ assessed: AssessedRequest, _ asked: AssessedRequest.Asked, after stale: ApprovalRequest?, at now: Timestamp,
        in transaction: any StoreTransaction
    ) throws -> WaitingCall {
        var assessed = assessed
        if let stale {
            var again = asked
            again.context.supersedes = stale.id
            again.superseded = stale
            assessed = try AssessedRequest(again, authority: authority, reader: transaction, at: now)
        }
        try assessed.insert(idempotency: nil, in: transaction)
        let call = HeldCall(assessed.request, isTask: patience.isTask)
        try transaction.insert(call)
        if let stale {
            try transaction.recordSuccessor(assessed.request.id, of: stale, at: now, epoch: authority.store.epoch)
        }
        authority.probe.reached(.callAfterHeld)
        return WaitingCall(call)
    }
}

/// Grants a request to the gateway and claims it, in the transaction in which everything was found to hold.
struct GatewayClaim {
    let authority: Authority

    func claim(
        _ request: ApprovalRequest, until: Timestamp, _ aftermath: Aftermath, at now: Timestamp,
        in transaction: any StoreTransaction
    ) throws -> GrantClaim.Claimed {
        let submission = request.submission
        let grant = try authority.newGrant(request, audience: .gateway, until: until, at: now)
        let granted = try transaction.advance(
            request, by: .tokenIssued(grant), at: now, epoch: authority.store.epoch,
            saying: ["audience": .string(grant.audience.text)])
        let claim = GrantClaim(
            authority: authority, executor: .gateway, presented: submission.digest,
            keyThumbprint: submission.keyThumbprint, idempotency: nil)
        guard let claimed = try claim.consume(grant, of: granted, aftermath, at: now, in: transaction) else {
            throw StoreError.unavailable("\(request.id) changed during the transaction")
        }
        return claimed
    }
}

extension CallPatience {
    /// A task that is told its handle at once, also where policy allows it.
    var isAnsweredByHandle: Bool { isTask && hold <= .zero }
}

extension WaitingCall {
    init(_ call: HeldCall) {
        self.init(request: call.request, digest: call.digest, since: call.createdAt, expiresAt: call.expiresAt)
    }

    init(_ request: ApprovalRequest) { self.init(HeldCall(request, isTask: false)) }
}
