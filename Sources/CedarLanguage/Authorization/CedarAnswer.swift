/// What Cedar answers.
public enum CedarDecision: String, Sendable {
    /// At least one permit applies and no forbid.
    case allow
    /// Everything else.
    case deny
}

/// A policy that could not be evaluated, and why.
public struct PolicyFailure: Hashable, Sendable {
    /// The policy.
    public let policy: CedarString
    /// What it would have done.
    public let effect: CedarEffect
    /// Why it has no answer.
    public let error: EvaluationError
}

/// The complete answer to a request: not only what determined it, but everything that applied or failed.
public struct CedarAnswer: Sendable {
    /// Every permit whose scope and conditions hold, in the order of the set.
    public let satisfiedPermits: [CedarString]
    /// Every forbid whose scope and conditions hold, in the order of the set.
    public let satisfiedForbids: [CedarString]
    /// Every policy that could not be evaluated, in the order of the set. Cedar skips them.
    public let failures: [PolicyFailure]

    /// Forbid overrides permit; without a permit the answer is deny.
    public var decision: CedarDecision {
        satisfiedForbids.isEmpty && !satisfiedPermits.isEmpty ? .allow : .deny
    }

    /// The policies that determined the decision: the permits of an allow, the forbids of a deny.
    public var determining: [CedarString] {
        satisfiedForbids.isEmpty ? satisfiedPermits : satisfiedForbids
    }
}
