package import CanonicalEncoding

/// What the composition decides for the plane of the gateway, and what it lends to it.
package struct GatewaySettings: Sendable {
    /// The program's own version, for clients that ask.
    package var version: Text
    /// How long a client that cannot be told later stays on the line while people decide.
    package var hold: Duration
    /// How often a client of revision 2026-07-28 is asked to come back at once before it is told to come back later.
    package var retryRounds: Int
    /// A session without a call and without an open stream ends after so many seconds.
    package var idleSeconds: Int64
    /// Of one agent, at most: sessions, and streams of those without a session.
    package var sessionsPerAgent: Int
    package var sessions: Int
    /// Entries of a list in one answer.
    package var pageSize: Int
    /// Bytes of the system's generator.
    package var random: @Sendable (Int) -> [UInt8]

    package init(
        version: Text, hold: Duration = .seconds(50), retryRounds: Int = 5, idleSeconds: Int64 = 1_800,
        sessionsPerAgent: Int = 64, sessions: Int = 4_096, pageSize: Int = 1_000,
        random: @escaping @Sendable (Int) -> [UInt8]
    ) {
        self.version = version
        self.hold = hold
        self.retryRounds = retryRounds
        self.idleSeconds = idleSeconds
        self.sessionsPerAgent = sessionsPerAgent
        self.sessions = sessions
        self.pageSize = pageSize
        self.random = random
    }

    /// 256 random bits: names of sessions and tickets.
    func randomName() -> Text { Text(Base64URL.encode(random(32))) }
}
