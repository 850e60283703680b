package import CanonicalEncoding

/// A non-human identity: who owns it, what for, until when, and the keys that prove it.
package struct Agent: Hashable, Sendable {
    package var id: AgentID
    package var owner: PersonID
    package var purpose: Text
    package var environment: Text?
    package var keys: [AgentKey]
    package var createdAt: Timestamp
    /// From then on it is refused, without anybody's doing.
    package var endsAt: Timestamp
    package var disabledAt: Timestamp?
    package var lastUsedAt: Timestamp?
    /// When people let it have bearer tokens at the MCP endpoints; nil: it has to prove possession of its key everywhere. A
    /// bearer token names this moment, so that it ends with the permission that it was issued under.
    package var bearerAllowedAt: Timestamp?

    package init(
        id: AgentID, owner: PersonID, purpose: Text, environment: Text? = nil, keys: [AgentKey], createdAt: Timestamp,
        endsAt: Timestamp, disabledAt: Timestamp? = nil, lastUsedAt: Timestamp? = nil
    ) {
        self.id = id
        self.owner = owner
        self.purpose = purpose
        self.environment = environment
        self.keys = keys
        self.createdAt = createdAt
        self.endsAt = endsAt
        self.disabledAt = disabledAt
        self.lastUsedAt = lastUsedAt
    }

    /// Neither disabled nor past its end date.
    package func isActive(at now: Timestamp) -> Bool {
        disabledAt == nil && now < endsAt
    }

    /// The key of that thumbprint, unless it is retired.
    package func key(_ thumbprint: Text) -> AgentKey? {
        keys.first { $0.thumbprint == thumbprint && $0.retiredAt == nil }
    }
}

/// A public key of an agent, and who brought it: those people cannot approve what the key asks for (invariant S7).
package struct AgentKey: Hashable, Sendable {
    /// RFC 7638, SHA-256, base64url.
    package var thumbprint: Text
    package var jwk: JSONValue
    /// Whoever proposed it and whoever confirmed it: each of them could have put in a key of their own.
    package var createdBy: Set<PersonID>
    package var createdAt: Timestamp
    package var retiredAt: Timestamp?

    package init(
        thumbprint: Text, jwk: JSONValue, createdBy: Set<PersonID>, createdAt: Timestamp, retiredAt: Timestamp? = nil
    ) {
        self.thumbprint = thumbprint
        self.jwk = jwk
        self.createdBy = createdBy
        self.createdAt = createdAt
        self.retiredAt = retiredAt
    }
}

/// What a person may do on the people's plane.
package enum Role: String, Sendable, CaseIterable, Hashable {
    /// Votes where a group makes it eligible.
    case approver
    /// Proposes and confirms changes of inventory, policy and the switch.
    case administrator
    /// Sees everything, decides nothing.
    case auditor
}

/// Somebody who can sign in: by passkey, and never as an agent.
package struct Person: Hashable, Sendable {
    package var id: PersonID
    package var name: Text
    package var roles: Set<Role>
    package var createdAt: Timestamp
    package var disabledAt: Timestamp?

    package init(id: PersonID, name: Text, roles: Set<Role>, createdAt: Timestamp, disabledAt: Timestamp? = nil) {
        self.id = id
        self.name = name
        self.roles = roles
        self.createdAt = createdAt
        self.disabledAt = disabledAt
    }

    package var isActive: Bool { disabledAt == nil }
}

/// A passkey of a person, as its registration was verified.
package struct Passkey: Hashable, Sendable {
    package var credentialID: [UInt8]
    package var person: PersonID
    /// The COSE key as the authenticator gave it.
    package var publicKey: [UInt8]
    package var signCount: UInt32
    package var backupEligible: Bool
    package var backupState: Bool
    /// 16 bytes; its origin is not attested and proves nothing.
    package var aaguid: [UInt8]
    package var createdAt: Timestamp
    package var disabledAt: Timestamp?
    package var lastUsedAt: Timestamp?

    package init(
        credentialID: [UInt8], person: PersonID, publicKey: [UInt8], signCount: UInt32,
        backup: (eligible: Bool, state: Bool), aaguid: [UInt8], createdAt: Timestamp
    ) {
        self.credentialID = credentialID
        self.person = person
        self.publicKey = publicKey
        self.signCount = signCount
        backupEligible = backup.eligible
        backupState = backup.state
        self.aaguid = aaguid
        self.createdAt = createdAt
    }

    /// 1: a passkey; 2: a passkey that cannot leave its device (`policy.md`, `@assurance`).
    package var assurance: Int64 { backupEligible ? 1 : 2 }
}

/// A person's or an agent's place in a group. Somebody added after a request was submitted cannot vote on it.
package struct Membership: Hashable, Sendable {
    package enum Member: Hashable, Sendable {
        case person(PersonID)
        case agent(AgentID)
    }

    package var group: GroupID
    package var member: Member
    package var addedAt: Timestamp

    package init(group: GroupID, member: Member, addedAt: Timestamp) {
        self.group = group
        self.member = member
        self.addedAt = addedAt
    }
}

/// A switch that stops every step towards an effect (invariants S5 and V5).
package struct Freeze: Hashable, Sendable {
    package enum Scope: Hashable, Sendable {
        case everything
        case agent(AgentID)
        case tool(Text)

        /// `everything`, `agent:NAME`, `tool:SERVER___TOOL`: the key in the store and on the wire.
        package var key: Text {
            switch self {
            case .everything: "everything"
            case .agent(let id): "agent:\(id.text)"
            case .tool(let name): "tool:\(name)"
            }
        }

        package init?(key: Text) {
            if key == "everything" {
                self = .everything
            } else if key.utf8.starts(with: "agent:".utf8) {
                guard let text = Text(utf8: key.utf8.dropFirst(6)), let id = AgentID(text) else { return nil }
                self = .agent(id)
            } else if key.utf8.starts(with: "tool:".utf8), key.utf8.count > 5 {
                guard let text = Text(utf8: key.utf8.dropFirst(5)) else { return nil }
                self = .tool(text)
            } else {
                return nil
            }
        }
    }

    package var scope: Scope
    package var by: Text
    package var reason: Text
    package var at: Timestamp

    package init(scope: Scope, by: Text, reason: Text, at: Timestamp) {
        self.scope = scope
        self.by = by
        self.reason = reason
        self.at = at
    }
}
