package import CanonicalEncoding

/// Says what a handle names, so that one kind is never accepted as another (invariant S17).
package protocol HandleKind {
    /// Two to four letters; a handle reads `prefix_…`.
    static var prefix: StaticString { get }
}

/// An unguessable identifier: a typed prefix and 36 characters of Crockford base32 that hold 48 bits of time
/// (milliseconds, so that new rows land side by side in an index) and 128 random bits.
package struct Handle<Kind: HandleKind>: Hashable, Sendable, CustomStringConvertible {
    package let text: Text

    /// Nil unless prefix, alphabet and length are right.
    package init?(_ text: Text) {
        let prefix = "\(Kind.prefix)_"
        guard text.utf8.count == prefix.utf8.count + 36, text.utf8.starts(with: prefix.utf8) else { return nil }
        let isCrockford = text.utf8.dropFirst(prefix.utf8.count).allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "0")...UInt8(ascii: "9"): true
            case UInt8(ascii: "a")...UInt8(ascii: "z"): !"ilou".utf8.contains(byte)
            default: false
            }
        }
        guard isCrockford else { return nil }
        self.text = text
    }

    /// `random` must be 16 bytes from the system's generator; shorter input is a programmer's error and yields a handle
    /// that no reader accepts.
    package init(at time: Timestamp, random: [UInt8]) {
        let clock = UInt64(clamping: time.milliseconds)
        let bytes = (0..<6).map { UInt8(truncatingIfNeeded: clock >> (40 - 8 * UInt64($0))) } + random.prefix(16)
        text = Text("\(Kind.prefix)_\(CrockfordBase32.encode(bytes))")
    }

    package var description: String { text.string }
}

package enum RequestKind: HandleKind { package static let prefix: StaticString = "req" }
package enum GrantKind: HandleKind { package static let prefix: StaticString = "grt" }
package enum ExecutionKind: HandleKind { package static let prefix: StaticString = "exe" }
package enum LeaseKind: HandleKind { package static let prefix: StaticString = "lse" }
package enum ReviewKind: HandleKind { package static let prefix: StaticString = "rev" }
package enum ChangeKindMarker: HandleKind { package static let prefix: StaticString = "chg" }
package enum CeremonyMarker: HandleKind { package static let prefix: StaticString = "cer" }

package typealias RequestID = Handle<RequestKind>
package typealias GrantID = Handle<GrantKind>
package typealias ExecutionID = Handle<ExecutionKind>
package typealias LeaseID = Handle<LeaseKind>
package typealias ReviewID = Handle<ReviewKind>
/// A change of the inventory, policy or switch that an administrator proposed.
package typealias ChangeID = Handle<ChangeKindMarker>
/// One passkey ceremony: a challenge that was issued and is used once.
package typealias CeremonyID = Handle<CeremonyMarker>
