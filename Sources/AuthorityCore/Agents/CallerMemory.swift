import ActionTokens
import CanonicalEncoding
import DomainModel
import Synchronization

/// An access token whose signature was verified, and what the store said of its holder.
struct KnownCaller: Sendable {
    enum Credential: Sendable {
        /// What a proof that comes with the token has to match; names the holder's key once a proof has shown it.
        case bound(ProofBinding)
        case bearer(BearerTokenClaims)
    }

    let claims: TokenClaims
    var credential: Credential
    let agent: Agent
}

/// Which access tokens were found good, so that an agent that calls again costs neither a read nor a second verification of
/// the same signature.
///
/// What was read holds as long as the store's `inventoryRevision` stands: whatever disables an agent, retires a key or revokes
/// a token moves it before that write is answered. The token's end and the proof are checked for every call all the same, and
/// whoever writes reads the agent again in its transaction.
final class CallerMemory: Sendable {
    private struct Known {
        var revision: UInt64 = 0
        var callers: [Text: KnownCaller] = [:]
    }

    /// Bounds what is kept; beyond it, remembering begins anew.
    static let capacity = 4_096

    private let known = Mutex(Known())

    /// Who holds this token, word for word; nil when it has to be verified and its holder read.
    func caller(token: Text, at revision: UInt64) -> KnownCaller? {
        known.withLock { $0.revision == revision ? $0.callers[token] : nil }
    }

    /// `revision` was the store's before agent and revocation were read.
    func remember(_ caller: KnownCaller, token: Text, at revision: UInt64) {
        known.withLock { known in
            if known.revision > revision { return }
            if known.revision < revision || known.callers.count >= Self.capacity { known.callers = [:] }
            known.revision = revision
            known.callers[token] = caller
        }
    }
}
