package import CanonicalEncoding
import Crypto
package import SecretMaterial
import Synchronization

/// Server nonces for DPoP (RFC 9449 §8) without a store: a time slot and an HMAC over it.
///
/// A nonce proves that a proof was made recently and after the server spoke; that a proof is used once is what the `jti`
/// store sees to.
package struct NonceIssuer: Sendable {
    private let key: Secret<[UInt8]>
    private let memory = NonceMemory()

    /// A slot is 30 s long.
    static let slotMilliseconds: Int64 = 30_000
    /// The current slot and the ten before it: five minutes.
    static let slotsAccepted: Int64 = 10

    /// - Parameter key: 32 random bytes, the same on all nodes of an authority. Nil when there are fewer.
    package init?(key: Secret<[UInt8]>) {
        guard key.withUnredacted({ $0.count >= 32 }) else { return nil }
        self.key = key
    }

    /// The nonce to hand out now.
    package func nonce(at now: Timestamp) -> Text {
        nonce(slot: Self.slot(now))
    }

    /// Whether it is one of ours from the last five minutes.
    package func accepts(_ nonce: Text, at now: Timestamp) -> Bool {
        guard nonce.utf8.count <= 64, let bytes = Base64URL.decode(nonce.string), bytes.count == 40 else {
            return false
        }
        let slot = bytes.prefix(8).reduce(Int64(0)) { $0 << 8 | Int64($1) }
        let current = Self.slot(now)
        guard slot <= current, slot >= current - Self.slotsAccepted else { return false }
        return constantTimeEquals(Array(nonce.utf8), Array(self.nonce(slot: slot).utf8))
    }

    private func nonce(slot: Int64) -> Text {
        memory.nonce(slot: slot) { made(slot: slot) }
    }

    private func made(slot: Int64) -> Text {
        let slotBytes = withBigEndianBytes(slot)
        let message = Array("countersign.dpop-nonce.v1".utf8) + [0] + slotBytes
        let tag = key.withUnredacted {
            Array(HMAC<SHA256>.authenticationCode(for: message, using: SymmetricKey(data: $0)))
        }
        return Text(Base64URL.encode(slotBytes + tag))
    }

    private static func slot(_ now: Timestamp) -> Int64 { max(0, now.milliseconds) / slotMilliseconds }

    private func withBigEndianBytes(_ value: Int64) -> [UInt8] {
        (0..<8).reversed().map { UInt8(truncatingIfNeeded: value >> ($0 * 8)) }
    }
}

/// The nonces of the slots that are accepted now, each made once: they are the same for everybody.
private final class NonceMemory: Sendable {
    private let nonces = Mutex<[Int64: Text]>([:])

    func nonce(slot: Int64, _ make: () -> Text) -> Text {
        if let nonce = nonces.withLock({ $0[slot] }) { return nonce }
        let nonce = make()
        nonces.withLock { nonces in
            nonces = nonces.filter { abs($0.key - slot) <= NonceIssuer.slotsAccepted }
            nonces[slot] = nonce
        }
        return nonce
    }
}
