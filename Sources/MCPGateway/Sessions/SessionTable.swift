import AuthorityCore
import CanonicalEncoding
import DomainModel
import ModelContextProtocol
import Synchronization

/// All sessions. They live in memory alone: after a restart clients begin anew, as the protocol has it.
final class SessionTable: Sendable {
    private let sessions = Mutex<[Text: Session]>([:])
    private let settings: GatewaySettings

    init(settings: GatewaySettings) {
        self.settings = settings
    }

    var count: Int { sessions.withLock { $0.count } }

    /// Makes room by ending the agent's session that rests for the longest time; nil where every one of them is busy.
    func open(for owner: SessionOwner, revision: ProtocolRevision, at now: Timestamp) -> Session? {
        let session = Session(id: settings.randomName(), owner: owner, revision: revision, at: now)
        let (isOpen, ended) = sessions.withLock { sessions -> (Bool, Session?) in
            let own = sessions.values.filter { $0.owner.agent == owner.agent }
            var ended: Session?
            if own.count >= settings.sessionsPerAgent || sessions.count >= settings.sessions {
                let resting = own.compactMap { session in session.restsSince.map { (session, $0) } }
                ended = resting.min { $0.1 < $1.1 }?.0
                guard let ended else { return (false, nil) }
                sessions[ended.id] = nil
            }
            sessions[session.id] = session
            return (true, ended)
        }
        ended?.close()
        return isOpen ? session : nil
    }

    /// "Not there" and "not yours" are one answer.
    func session(_ id: Text, of owner: SessionOwner) -> Session? {
        guard let session = sessions.withLock({ $0[id] }), session.owner == owner else { return nil }
        return session
    }

    func end(_ session: Session) {
        sessions.withLock { $0[session.id] = nil }
        session.close()
    }

    func endIdle(at now: Timestamp) {
        let limit = now.adding(seconds: -settings.idleSeconds)
        let idle = sessions.withLock { sessions in
            let idle = sessions.values.filter { $0.isIdle(since: limit) }
            for session in idle { sessions[session.id] = nil }
            return idle
        }
        for session in idle { session.close() }
    }
}
