import AuthorityPorts
import CanonicalEncoding
import DomainModel

extension SQLiteReader {
    func agent(_ id: AgentID) throws -> Agent? {
        try remembered(\.agents, id) {
            try connection.first("\(Self.selectAgent) WHERE id = ?", [.name(id)], Self.agent)
        }
    }

    func agents() throws -> [Agent] {
        try connection.all("\(Self.selectAgent) ORDER BY id", [], Self.agent)
    }

    func person(_ id: PersonID) throws -> Person? {
        try remembered(\.persons, id) {
            try connection.first("\(Self.selectPerson) WHERE id = ?", [.name(id)], Self.person)
        }
    }

    func persons() throws -> [Person] {
        try connection.all("\(Self.selectPerson) ORDER BY id", [], Self.person)
    }

    func passkey(credentialID: [UInt8]) throws -> Passkey? {
        try connection.first("\(Self.selectPasskey) WHERE credential_id = ?", [.bytes(credentialID)], Self.passkey)
    }

    func passkeys(of person: PersonID) throws -> [Passkey] {
        try connection.all(
            "\(Self.selectPasskey) WHERE person = ? ORDER BY created_at, credential_id", [.name(person)], Self.passkey)
    }

    func memberships() throws -> [Membership] {
        try connection.all("\(Self.selectMembership) ORDER BY group_name, member", [], Self.membership)
    }

    func memberships(of member: Membership.Member) throws -> [Membership] {
        try remembered(\.memberships, member) {
            try connection.all(
                "\(Self.selectMembership) WHERE member = ? ORDER BY group_name", [.uncheckedText(member.key.string)],
                Self.membership)
        }
    }

    func tool(server: Text, name: Text) throws -> RegisteredTool? {
        try remembered(\.tools, InventoryMemory.ToolKey(server: server, name: name)) {
            try connection.first(
                "SELECT tool, is_enabled FROM tools WHERE server = ? AND name = ?", [.text(server), .text(name)],
                Self.tool)
        }
    }

    func tools() throws -> [RegisteredTool] {
        try connection.all("SELECT tool, is_enabled FROM tools ORDER BY server, name", [], Self.tool)
    }

    func factProvider(_ name: Text) throws -> FactProvider? {
        try connection.first(
            "SELECT name, kind, location FROM fact_providers WHERE name = ?", [.text(name)], Self.factProvider)
    }

    func factProviders() throws -> [FactProvider] {
        try connection.all("SELECT name, kind, location FROM fact_providers ORDER BY name", [], Self.factProvider)
    }

    func freezes() throws -> [Freeze] {
        try remembered(\.freezes) {
            try connection.all("SELECT scope, frozen_by, reason, at FROM freezes ORDER BY at, scope", [], Self.freeze)
        }
    }

    func policyInForce() throws -> PolicyVersion? {
        try connection.first("\(Self.selectPolicy) ORDER BY position DESC LIMIT 1", [], Self.policy)
    }

    func policyDigestInForce() throws -> Digest? {
        try remembered(\.policyDigest) {
            try connection.first("SELECT digest FROM policies ORDER BY position DESC LIMIT 1") {
                row throws(StoreError) in try row.digest()
            }
        }
    }

    /// As it was put in force last.
    func policy(_ digest: Digest) throws -> PolicyVersion? {
        try connection.first(
            "\(Self.selectPolicy) WHERE digest = ? ORDER BY position DESC LIMIT 1", [.digest(digest)], Self.policy)
    }

    func policies(limit: Int) throws -> [PolicyVersion] {
        try connection.all("\(Self.selectPolicy) ORDER BY position DESC LIMIT ?", [.count(limit)], Self.policy)
    }

    func change(_ id: ChangeID) throws -> ChangeProposal? {
        try connection.first("\(Self.selectChange) WHERE id = ?", [.id(id)], Self.change)
    }

    func changes(status: ChangeProposal.Status?, limit: Int) throws -> [ChangeProposal] {
        guard let status else {
            return try connection.all("\(Self.selectChange) ORDER BY id DESC LIMIT ?", [.count(limit)], Self.change)
        }
        return try connection.all(
            "\(Self.selectChange) WHERE status = ? ORDER BY id DESC LIMIT ?", [.word(status), .count(limit)],
            Self.change)
    }

    private static let selectAgent = """
        SELECT id, owner, purpose, environment, keys, created_at, ends_at, disabled_at, last_used_at, bearer_allowed_at
            FROM agents
        """
    private static let selectPerson = "SELECT id, name, roles, created_at, disabled_at FROM persons"
    private static let selectPasskey = """
        SELECT credential_id, person, public_key, sign_count, backup_eligible, backup_state, aaguid, created_at,
            disabled_at, last_used_at FROM passkeys
        """
    private static let selectMembership = "SELECT group_name, member, added_at FROM memberships"
    private static let selectPolicy = "SELECT digest, source, loaded_at, loaded_by, scenarios FROM policies"
    private static let selectChange = """
        SELECT id, change, digest, proposed_by, created_at, expires_at, status, confirmations FROM changes
        """
}
