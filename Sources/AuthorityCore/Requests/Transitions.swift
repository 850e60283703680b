import ApprovalWorkflow
import AuthorityPorts
import CanonicalEncoding
import DomainModel
import TransparencyLog
import WireProtocol

extension StoreTransaction {
    /// Moves a request along one edge of the state machine and logs it: the only place that writes progress, but for the
    /// claim. Returns the request as it now stands.
    @discardableResult
    func advance(
        _ request: ApprovalRequest, by event: RequestEvent, at now: Timestamp, epoch: Int64,
        saying more: JSONObject = [:]
    ) throws -> ApprovalRequest {
        let progress = try Lifecycle.next(request.progress, event, at: now).get()
        return try write(progress, of: request, epoch: epoch, saying: more)
    }

    /// Names the newer request on one that has ended already.
    func recordSuccessor(
        _ successor: RequestID, of request: ApprovalRequest, at now: Timestamp, epoch: Int64
    ) throws {
        let progress = try Lifecycle.recordSuccessor(of: request.progress, successor, at: now).get()
        try write(progress, of: request, epoch: epoch, saying: [:])
    }

    @discardableResult
    private func write(
        _ progress: Progress, of request: ApprovalRequest, epoch: Int64, saying more: JSONObject
    ) throws -> ApprovalRequest {
        guard try update(request.id, to: progress, expecting: request.progress.revision) else {
            // A transaction reads what it changes, so this is a store that runs two writers at once.
            throw StoreError.unavailable("\(request.id) changed during the transaction")
        }
        var changed = request
        changed.progress = progress
        try append(.request(changed, epoch: epoch, saying: more))
        return changed
    }
}

extension LogEntry {
    /// The entry for one revision of a request: there is exactly one for each.
    static func request(_ request: ApprovalRequest, epoch: Int64, saying more: JSONObject = [:]) -> LogEntry {
        let progress = request.progress
        var body: JSONObject = [
            "status": .string(Text(progress.status.rawValue)), "revision": .integer(progress.revision),
            "expires_at": .string(Text(progress.expiresAt.rfc3339)),
        ]
        if let reason = progress.endReason { body["reason"] = "\(reason.rawValue)" }
        if let successor = progress.supersededBy { body["superseded_by"] = .string(successor.text) }
        for member in more.members { body[member.name] = member.value }
        return LogEntry(
            kind: progress.revision == 1 ? "request.opened" : "request.\(progress.status.rawValue)",
            subject: request.id.text, at: progress.updatedAt, epoch: epoch, body: body)
    }
}

extension AuthorityError {
    /// A refusal of the workflow on its way out.
    init(_ refusal: WorkflowRefusal) {
        let code: ProblemCode =
            switch refusal {
            case .alreadyEnded, .alreadySuperseded: .requestEnded
            case .noSuchStep, .tokenStillValid, .notYetDue, .secondTransaction, .reasonDoesNotFit: .requestNotApproved
            case .expired: .requestEnded
            case .votesExpired: .votesExpired
            case .tokenExpired, .tokenTooLong: .tokenExpired
            case .personDisabled, .notAnApprover, .notEligible: .notEligible
            case .owner: .separationOfDutiesOwner
            case .keyCreator: .separationOfDutiesKeyCreator
            case .delegator: .separationOfDutiesDelegator
            case .enrolledTooLate, .addedTooLate: .enrolledTooLate
            case .assuranceTooLow: .assuranceTooLow
            }
        self.init(code, refusal.explanation)
    }
}
