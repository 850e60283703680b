import AuthorityCore
import CanonicalEncoding
import DomainModel
import ModelContextProtocol
import Synchronization

/// To whom a session belongs: an agent, one of its keys, how it proves itself, and the part of the gateway that it opened.
struct SessionOwner: Hashable, Sendable {
    var agent: AgentID
    var keyThumbprint: Text
    /// A bearer is not somebody with the key.
    var proof: CallerProof
    var scope: GatewayScope

    init(_ caller: AuthenticatedAgent, scope: GatewayScope) {
        agent = caller.id
        keyThumbprint = caller.keyThumbprint
        proof = caller.proof
        self.scope = scope
    }
}

/// One session of the revisions that have them. It decides nothing: it knows which calls are on their way, so that they can be cancelled.
final class Session: Sendable {
    let id: Text
    let owner: SessionOwner
    let revision: ProtocolRevision

    private struct State {
        var lastUsed: Timestamp
        var calls: [RPCID: Interruption] = [:]
        /// The last ids, in a ring: an id is never given twice in a session (2025-11-25, "Requests").
        var ids: [RPCID] = []
        var next = 0
        var stream: Listener?
        var isEnded = false
    }

    private static let rememberedIDs = 256
    /// Calls at the same time, at most.
    private static let greatestCalls = 1_024

    private let state: Mutex<State>

    init(id: Text, owner: SessionOwner, revision: ProtocolRevision, at now: Timestamp) {
        self.id = id
        self.owner = owner
        self.revision = revision
        state = Mutex(State(lastUsed: now))
    }

    enum Beginning {
        case begun, repeatedID, tooMany, ended
    }

    /// To be followed by `end(call:)` where it says `begun`.
    func begin(_ id: RPCID, _ interruption: Interruption, at now: Timestamp) -> Beginning {
        state.withLock { state in
            guard !state.isEnded else { return .ended }
            guard state.calls[id] == nil, !state.ids.contains(id) else { return .repeatedID }
            guard state.calls.count < Self.greatestCalls else { return .tooMany }
            if state.ids.count < Self.rememberedIDs {
                state.ids.append(id)
            } else {
                state.ids[state.next] = id
                state.next = (state.next + 1) % Self.rememberedIDs
            }
            state.calls[id] = interruption
            state.lastUsed = now
            return .begun
        }
    }

    func end(call id: RPCID, at now: Timestamp) {
        state.withLock { state in
            state.calls[id] = nil
            state.lastUsed = now
        }
    }

    /// What `notifications/cancelled` names; nothing where that has ended already.
    func cancel(call id: RPCID) {
        state.withLock { $0.calls[id] }?.cancel()
    }

    func touch(at now: Timestamp) { state.withLock { $0.lastUsed = now } }

    /// The newest stream replaces an older one, whose client is likely to be gone. Nil ends it.
    func follow(with listener: Listener) {
        let (older, isEnded) = state.withLock { state in
            defer { if !state.isEnded { state.stream = listener } }
            return (state.stream, state.isEnded)
        }
        older?.end()
        if isEnded { listener.end() }
    }

    func unfollow(_ listener: Listener, at now: Timestamp) {
        state.withLock { state in
            if state.stream === listener { state.stream = nil }
            state.lastUsed = now
        }
    }

    func isIdle(since limit: Timestamp) -> Bool {
        state.withLock { $0.calls.isEmpty && $0.stream == nil && $0.lastUsed < limit }
    }

    /// When it was used last; nil while something is on its way.
    var restsSince: Timestamp? { state.withLock { $0.calls.isEmpty && $0.stream == nil ? $0.lastUsed : nil } }

    /// Whoever ends a session has gone: what waits, waits for a repeated call.
    func close() {
        let (stream, calls) = state.withLock { state in
            state.isEnded = true
            return (state.stream, Array(state.calls.values))
        }
        stream?.end()
        for call in calls { call.abandon() }
    }
}

/// The place of one call in its session. It is left when the answer is made, or at the latest when the answer is dropped: a stream that
/// nobody ever read never begins.
final class CallPlace: Sendable {
    private let id: RPCID
    private let session: Session
    private let authority: Authority

    init(of id: RPCID, in session: Session, _ authority: Authority) {
        self.id = id
        self.session = session
        self.authority = authority
    }

    /// Leaving twice is leaving once: no other call of the session ever has this id.
    func leave() { session.end(call: id, at: authority.now) }

    deinit { leave() }
}
