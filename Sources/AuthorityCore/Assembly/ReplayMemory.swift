import CanonicalEncoding
import Synchronization

/// Remembers DPoP proofs that were seen, for as long as one could be accepted again.
///
/// It lives in memory, and that is enough: a proof is accepted only with a nonce of this process, or for a claim when its time
/// says that no earlier process can have seen it, so that a restart, which forgets the proofs, also voids them. Two generations are kept; memory is bounded by the rate of calls.
final class ReplayMemory: Sendable {
    private struct Generations {
        var current: Set<Digest> = []
        var previous: Set<Digest> = []
        var turnsAt: Timestamp?
    }

    private let generations = Mutex(Generations())
    private let retentionSeconds: Int64

    /// `retentionSeconds` must exceed the time from a proof's first acceptance to the end of its life.
    init(retentionSeconds: Int64) {
        self.retentionSeconds = retentionSeconds
    }

    /// False: it was seen before.
    func remember(_ proof: Digest, at now: Timestamp) -> Bool {
        generations.withLock { generations in
            let turnsAt = generations.turnsAt ?? now.adding(seconds: retentionSeconds)
            if now >= turnsAt {
                generations.previous = now >= turnsAt.adding(seconds: retentionSeconds) ? [] : generations.current
                generations.current = []
                generations.turnsAt = now.adding(seconds: retentionSeconds)
            } else {
                generations.turnsAt = turnsAt
            }
            guard !generations.previous.contains(proof) else { return false }
            return generations.current.insert(proof).inserted
        }
    }
}
