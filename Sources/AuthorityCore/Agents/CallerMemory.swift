import CanonicalEncoding
import DomainModel
import Synchronization

/// Which access tokens were found good in the store, so that an agent that calls again costs no read.
///
/// What was read holds as long as the store's `inventoryRevision` stands: whatever disables an agent, retires a key or revokes
/// a token moves it before that write is answered. Signature, times and proof are checked for every call all the same, and
/// whoever writes reads the agent again in its transaction.
final class CallerMemory: Sendable {
    private struct Known {
        var revision: UInt64 = 0
        var agents: [Text: Agent] = [:]
    }

    /// Bounds what is kept; beyond it, remembering begins anew.
    static let capacity = 4_096

    private let known = Mutex(Known())

    /// The agent that a token of this id was issued to; nil when it has to be read.
    func agent(token: Text, at revision: UInt64) -> Agent? {
        known.withLock { $0.revision == revision ? $0.agents[token] : nil }
    }

    /// `revision` was the store's before the agent and the revocation were read.
    func remember(_ agent: Agent, token: Text, at revision: UInt64) {
        known.withLock { known in
            if known.revision > revision { return }
            if known.revision < revision || known.agents.count >= Self.capacity { known.agents = [:] }
            known.revision = revision
            known.agents[token] = agent
        }
    }
}
