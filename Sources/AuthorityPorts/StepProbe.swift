/// The named steps between a request and its completion at which the process may die (`docs/architecture/overview.md`).
///
/// The crash tests kill the process at each of them and check every invariant afterwards.
package enum Step: String, Sendable, CaseIterable {
    case requestBeforeTransaction = "request.before_transaction"
    case requestInTransaction = "request.in_transaction"
    case requestAfterInsert = "request.after_insert"
    case requestBeforeCommit = "request.before_commit"
    case requestAfterCommit = "request.after_commit"
    case voteChallengeAfterCommit = "vote.challenge_after_commit"
    case voteBeforeTransaction = "vote.before_transaction"
    case voteAfterChallengeTaken = "vote.after_challenge_taken"
    case voteAfterInsert = "vote.after_insert"
    case voteBeforeCommit = "vote.before_commit"
    case voteAfterCommit = "vote.after_commit"
    case tokenBeforeTransaction = "token.before_transaction"
    case tokenAfterUpdate = "token.after_update"
    case tokenBeforeCommit = "token.before_commit"
    case tokenAfterCommit = "token.after_commit"
    case tokenAfterMint = "token.after_mint"
    case claimBeforeTransaction = "claim.before_transaction"
    case claimAfterUpdate = "claim.after_update"
    case claimBeforeCommit = "claim.before_commit"
    case claimAfterCommit = "claim.after_commit"
    case completionBeforeTransaction = "completion.before_transaction"
    case completionAfterUpdate = "completion.after_update"
    case completionBeforeCommit = "completion.before_commit"
    case completionAfterCommit = "completion.after_commit"
    case cancelBeforeTransaction = "cancel.before_transaction"
    case cancelBeforeCommit = "cancel.before_commit"
    case cancelAfterCommit = "cancel.after_commit"
    case revokeBeforeTransaction = "revoke.before_transaction"
    case revokeBeforeCommit = "revoke.before_commit"
    case revokeAfterCommit = "revoke.after_commit"
    case changeAfterChallengeTaken = "change.after_challenge_taken"
    case freezeAfterSwitch = "freeze.after_switch"
    case freezeAfterExecutions = "freeze.after_executions"
    case changeBeforeCommit = "change.before_commit"
    case changeAfterCommit = "change.after_commit"
    case sweepInTransaction = "sweep.in_transaction"
    case sweepAfterCommit = "sweep.after_commit"
    case callBeforeTransaction = "call.before_transaction"
    case callAfterHeld = "call.after_held"
    case callBeforeCommit = "call.before_commit"
    case callAfterCommit = "call.after_commit"
    case callBeforeClaim = "call.before_claim"
    case callClaimBeforeCommit = "call.claim_before_commit"
    case callClaimAfterCommit = "call.claim_after_commit"
    case callAfterAnswer = "call.after_answer"
    case callAfterKept = "call.after_kept"
    case callCompletionBeforeCommit = "call.completion_before_commit"
    case callCompletionAfterCommit = "call.completion_after_commit"
    case callBeforeHandOver = "call.before_hand_over"
    case callAfterHandOver = "call.after_hand_over"
    /// In the store, of whatever is being written: before COMMIT, and between COMMIT and the first answer.
    case commitBefore = "commit.before"
    case commitAfter = "commit.after"
}

extension Step {
    /// Those of a call that the gateway forwards.
    package static let ofTheGateway: [Step] = allCases.filter { $0.rawValue.utf8.starts(with: "call.".utf8) }
}

/// Told when a step is reached. In production it does nothing.
package struct StepProbe: Sendable {
    package let reached: @Sendable (Step) -> Void

    package init(_ reached: @escaping @Sendable (Step) -> Void) {
        self.reached = reached
    }

    package static let none = StepProbe { _ in }
}
