package import CanonicalEncoding

/// A released revision of the Model Context Protocol. An unknown one is refused, never guessed at.
package enum ProtocolRevision: String, Sendable, CaseIterable, Hashable {
    case march2025 = "2025-03-26"
    case june2025 = "2025-06-18"
    case november2025 = "2025-11-25"
    case july2026 = "2026-07-28"

    package init?(_ text: Text) {
        self.init(rawValue: text.string)
    }

    package var text: Text { Text(rawValue) }

    /// From 2026-07-28 on there is no `initialize` and no session: each request says in its `_meta` what it needs.
    package var isStateless: Bool { self == .july2026 }

    /// What `initialize` may agree on, the newest first.
    package static let handshake: [ProtocolRevision] = [.november2025, .june2025, .march2025]

    /// What a client that asks `initialize` for `wanted` is answered: the same where it is spoken, else the newest of its kind
    /// (2025-11-25, "Version Negotiation").
    package static func negotiated(_ wanted: Text) -> ProtocolRevision {
        guard let known = ProtocolRevision(wanted), !known.isStateless else { return .november2025 }
        return known
    }
}
