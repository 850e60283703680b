import ActionTokens
import CanonicalEncoding

/// What proves that something was made for this process and not used before. It lives as long as the process does, and what
/// it would have to remember beyond that is void with its keys (docs/decisions/0006 and 0021).
struct Freshness: Sendable {
    let nonces: NonceIssuer
    let replays: ReplayMemory
    let loginTickets: LoginTickets
    /// When the process began: what is older may have been seen by an earlier one.
    let startedAt: Timestamp
}
