import AuthorityCore
import CanonicalEncoding
import DomainModel
import ModelContextProtocol
import Synchronization

/// What a client of revision 2026-07-28 is handed to come back with (`requestState`), while its call waits for people. A ticket is a random
/// name for what is remembered here: it fits one agent, one key and one call, once, and for two minutes. It gives nothing: the
/// call would take up its request without it as well. After a restart there are none, and a call is repeated without.
final class RetryTickets: Sendable {
    /// Whose ticket, and for what.
    struct Subject: Hashable, Sendable {
        var owner: SessionOwner
        var call: Digest

        private static let digestDomain: StaticString = "countersign.gateway-retry.v1"

        init(_ asked: Asked) {
            owner = SessionOwner(asked.visit.caller, scope: asked.visit.scope)
            var params = asked.request.params
            for name in ["_meta", "requestState", "inputResponses"] as [Text] { params[name] = nil }
            call = Digest(
                domain: Self.digestDomain, ["method": .string(asked.request.method), "params": .object(params)])
        }
    }

    private struct Ticket {
        var subject: Subject
        /// How often the client was asked to come back, this time included.
        var round: Int
        var expiresAt: Timestamp
    }

    private static let capacity = 16_384
    private static let lifeSeconds: Int64 = 120

    private let tickets = Mutex<[Text: Ticket]>([:])

    /// Nil when there is no room: the client is told to come back later instead.
    func issue(_ name: Text, for subject: Subject, round: Int, at now: Timestamp) -> Text? {
        tickets.withLock { tickets in
            if tickets.count >= Self.capacity { tickets = tickets.filter { $0.value.expiresAt > now } }
            guard tickets.count < Self.capacity else { return nil }
            tickets[name] = Ticket(
                subject: subject, round: round, expiresAt: now.adding(seconds: Self.lifeSeconds))
            return name
        }
    }

    /// The round that it stands for, once.
    func redeem(_ name: Text, for subject: Subject, at now: Timestamp) throws(RPCRefusal) -> Int {
        let round = tickets.withLock { tickets -> Int? in
            guard let ticket = tickets[name], ticket.subject == subject else { return nil }
            tickets[name] = nil
            return ticket.expiresAt > now ? ticket.round : nil
        }
        guard let round else {
            let text: Text = """
                `params.requestState` is not one that was given for this call, or is good no more. Repeat the call without it.
                """
            throw RPCRefusal(.invalidParams, text)
        }
        return round
    }

    func forget(at now: Timestamp) {
        tickets.withLock { $0 = $0.filter { $0.value.expiresAt > now } }
    }

    var count: Int { tickets.withLock { $0.count } }
}
