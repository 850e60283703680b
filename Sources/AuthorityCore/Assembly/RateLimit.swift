/// How many calls somebody may make: `burst` at once, and `perSecond` a second from then on.
package struct RateLimit: Hashable, Sendable {
    /// 1 to `greatest`.
    package let perSecond: Int64
    /// 1 to `greatest`.
    package let burst: Int64

    package static let greatest: Int64 = 1_000_000

    /// Nil when a number is below 1 or above `greatest`.
    package init?(perSecond: Int64, burst: Int64) {
        guard (1...Self.greatest).contains(perSecond), (1...Self.greatest).contains(burst) else { return nil }
        self.perSecond = perSecond
        self.burst = burst
    }

    private init(constants perSecond: Int64, _ burst: Int64) {
        self.perSecond = perSecond
        self.burst = burst
    }

    /// For whoever has not proved anything yet, by address: a token or a login is asked for now and then, and every host of a
    /// company may come from one address.
    package static let entrance = RateLimit(constants: 20, 400)
    /// For whoever has proved who it is: nobody does that much on purpose, and a program that runs wild is held.
    package static let caller = RateLimit(constants: 500, 20_000)
}
