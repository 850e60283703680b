import CanonicalEncoding
import Crypto
import DomainModel
import PasskeyCeremonies
import SecretMaterial

/// Challenges of logins, which anybody may ask for: nothing is kept of one until it is answered.
///
/// The ceremony's id holds when it was issued, a salt, and the first bytes of an HMAC over both; the challenge's nonce is
/// another HMAC over the id. So a ticket of ours is known as such, its statement is made again from it, and nobody who was
/// not given the challenge can say what it is. A ticket is used once: used ones are remembered in memory for as long as one
/// could be answered, and the key is drawn when the process starts, so that a restart, which forgets them, also voids them
/// (`docs/decisions/0021-login-tickets.md`).
struct LoginTickets: Sendable {
    private static let clockBytes = 6
    private static let saltBytes = 6
    private static let tagBytes = 10

    private let key: Secret<[UInt8]>
    private let used = ReplayMemory(retentionSeconds: 660)

    /// - Parameter key: 32 random bytes of this process.
    init(key: Secret<[UInt8]>) {
        self.key = key
    }

    /// - Parameter salt: 6 random bytes.
    func issue(at now: Timestamp, salt: [UInt8]) -> CeremonyID {
        let clock = (0..<Self.clockBytes).map { UInt8(truncatingIfNeeded: now.milliseconds >> (40 - 8 * Int64($0))) }
        let salt = Array(salt.prefix(Self.saltBytes))
        return CeremonyID(at: now, random: salt + tag(clock + salt))
    }

    /// When a ticket was issued. Nil: it is none of ours.
    func issuedAt(_ id: CeremonyID) -> Timestamp? {
        // What a `Handle` holds: 48 bits of time and 16 bytes.
        let encoded = id.text.utf8.drop { $0 != UInt8(ascii: "_") }.dropFirst()
        guard let bytes = CrockfordBase32.decode(String(decoding: encoded, as: UTF8.self)),
            bytes.count == Self.clockBytes + Self.saltBytes + Self.tagBytes
        else { return nil }
        let signed = Array(bytes.dropLast(Self.tagBytes))
        guard constantTimeEquals(Array(bytes.suffix(Self.tagBytes)), tag(signed)) else { return nil }
        return Timestamp(milliseconds: signed.prefix(Self.clockBytes).reduce(0) { $0 << 8 | Int64($1) })
    }

    /// What makes the ticket's statement unique: known to whoever was given the challenge, and to us.
    func nonce(_ id: CeremonyID) -> [UInt8] {
        authenticationCode("countersign.login-nonce.v1", Array(id.text.utf8))
    }

    /// Uses a ticket up. False: it was used before.
    func use(_ id: CeremonyID, at now: Timestamp) -> Bool {
        used.remember(Digest(domain: "countersign.login-ticket.v1", .string(id.text)), at: now)
    }

    private func tag(_ signed: [UInt8]) -> [UInt8] {
        Array(authenticationCode("countersign.login-ticket.v1", signed).prefix(Self.tagBytes))
    }

    private func authenticationCode(_ domain: StaticString, _ message: [UInt8]) -> [UInt8] {
        key.withUnredacted {
            Array(
                HMAC<SHA256>.authenticationCode(
                    for: Array("\(domain)".utf8) + [0] + message, using: SymmetricKey(data: $0)))
        }
    }
}
