package import CanonicalEncoding
import WireProtocol

/// The limits of one plane: its own, so that a flood of one does not close the other.
package struct CallLimits: Sendable {
    private let entrance: RateLimiter
    private let callers: RateLimiter
    private let now: @Sendable () -> Timestamp

    package init(
        entrance: RateLimit = .entrance, caller: RateLimit = .caller, now: @escaping @Sendable () -> Timestamp
    ) {
        self.entrance = RateLimiter(entrance)
        callers = RateLimiter(caller)
        self.now = now
    }

    /// For a call that proves nothing before it costs something: at most so many from one address.
    package func admitEntrance(from peer: Text) throws(AuthorityError) {
        try refuse(entrance.secondsToWait(peer, at: now()), "an address")
    }

    /// For a call of somebody who has proved who it is.
    package func admit(caller: Text) throws(AuthorityError) {
        try refuse(callers.secondsToWait(caller, at: now()), "a caller")
    }

    private func refuse(_ seconds: Int?, _ what: String) throws(AuthorityError) {
        guard let seconds else { return }
        throw AuthorityError(
            .rateLimited, "There were too many calls.", hint: "Wait \(seconds) s, then call again.",
            context: "the limit of \(what)", retryAfterSeconds: seconds)
    }
}
