package import CanonicalEncoding

/// What a ceremony is for. Challenges of different kinds are never interchangeable: the kind is part of what is hashed.
package enum CeremonyKind: String, Sendable, CaseIterable {
    /// Registers a passkey.
    case enrolment
    /// Opens a session, which may look and never decides.
    case login
    /// Decides about one request.
    case vote
    /// Confirms a proposal of administrators: policy, membership, thaw.
    case change

    /// The domain of the digest, and the `type` of the statement behind the challenge.
    package var domain: StaticString {
        switch self {
        case .enrolment: "countersign.enrolment.v1"
        case .login: "countersign.login.v1"
        case .vote: "countersign.vote.v1"
        case .change: "countersign.change.v1"
        }
    }

    var type: Text { Text(domain.description) }
}

/// The challenge of one ceremony, derived from a statement that stays on the server and goes into the evidence.
package struct CeremonyChallenge: Hashable, Sendable {
    package let kind: CeremonyKind
    package let bytes: [UInt8]

    /// `SHA-256(domain ‖ 0x00 ‖ JCS(statement))`: `authority.md`, "The vote".
    init(_ kind: CeremonyKind, statement: JSONValue) {
        self.kind = kind
        bytes = Digest(domain: kind.domain, statement).bytes
    }

    /// A challenge that no statement stands behind: for the standard's published vectors, never for a product path.
    package init(_ kind: CeremonyKind, uncheckedBytes: [UInt8]) {
        self.kind = kind
        bytes = uncheckedBytes
    }

    /// As it stands in the options and comes back in the client data: base64url without padding.
    package var wire: Text { Text(Base64URL.encode(bytes)) }
}
