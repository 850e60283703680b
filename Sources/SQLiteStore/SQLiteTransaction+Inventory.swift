import AuthorityPorts
import CanonicalEncoding
import DomainModel

/// Inventory is inserted or replaced by id, whole.
extension SQLiteTransaction {
    func save(_ agent: Agent) throws {
        try write(
            """
            INSERT INTO agents (id, owner, purpose, environment, keys, created_at, ends_at, disabled_at, last_used_at,
                bearer_allowed_at)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (id) DO UPDATE SET owner = excluded.owner,
                purpose = excluded.purpose, environment = excluded.environment, keys = excluded.keys,
                created_at = excluded.created_at, ends_at = excluded.ends_at, disabled_at = excluded.disabled_at,
                last_used_at = excluded.last_used_at, bearer_allowed_at = excluded.bearer_allowed_at
            """,
            [
                .name(agent.id), .name(agent.owner), .text(agent.purpose), .text(agent.environment),
                .json(.array(agent.keys.map(\.json))), .time(agent.createdAt), .time(agent.endsAt),
                .time(agent.disabledAt), .time(agent.lastUsedAt), .time(agent.bearerAllowedAt),
            ])
    }

    /// Never backwards: proofs that arrive together commit in any order. Nobody waits for it, so nobody is told.
    func touch(agent: AgentID, at now: Timestamp) throws {
        touchInventory()
        try connection.run(
            "UPDATE agents SET last_used_at = ? WHERE id = ? AND (last_used_at IS NULL OR last_used_at < ?)",
            [.time(now), .name(agent), .time(now)])
    }

    func save(_ person: Person) throws {
        let roles = person.roles.map(\.rawValue).sorted().map { JSONValue.string(Text($0)) }
        try write(
            """
            INSERT INTO persons (id, name, roles, created_at, disabled_at) VALUES (?, ?, ?, ?, ?)
            ON CONFLICT (id) DO UPDATE SET name = excluded.name, roles = excluded.roles,
                created_at = excluded.created_at, disabled_at = excluded.disabled_at
            """,
            [
                .name(person.id), .text(person.name), .json(.array(roles)), .time(person.createdAt),
                .time(person.disabledAt),
            ])
    }

    func save(_ passkey: Passkey) throws {
        try write(
            """
            INSERT INTO passkeys (credential_id, person, public_key, sign_count, backup_eligible, backup_state, aaguid,
                created_at, disabled_at, last_used_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            ON CONFLICT (credential_id) DO UPDATE SET person = excluded.person, public_key = excluded.public_key,
                sign_count = excluded.sign_count, backup_eligible = excluded.backup_eligible,
                backup_state = excluded.backup_state, aaguid = excluded.aaguid, created_at = excluded.created_at,
                disabled_at = excluded.disabled_at, last_used_at = excluded.last_used_at
            """,
            [
                .bytes(passkey.credentialID), .name(passkey.person), .bytes(passkey.publicKey),
                .integer(Int64(passkey.signCount)), .bool(passkey.backupEligible), .bool(passkey.backupState),
                .bytes(passkey.aaguid), .time(passkey.createdAt), .time(passkey.disabledAt), .time(passkey.lastUsedAt),
            ])
    }

    /// A member that is there already is `alreadyExists`: its date decides what it may vote on and is not moved.
    func add(_ membership: Membership) throws {
        try write(
            "INSERT INTO memberships (group_name, member, added_at) VALUES (?, ?, ?)",
            [.name(membership.group), .uncheckedText(membership.member.key.string), .time(membership.addedAt)])
    }

    func remove(group: GroupID, member: Membership.Member) throws {
        try write(
            "DELETE FROM memberships WHERE group_name = ? AND member = ?",
            [.name(group), .uncheckedText(member.key.string)])
    }

    func save(_ tool: RegisteredTool) throws {
        try write(
            """
            INSERT INTO tools (server, name, tool, is_enabled) VALUES (?, ?, ?, ?)
            ON CONFLICT (server, name) DO UPDATE SET tool = excluded.tool, is_enabled = excluded.is_enabled
            """,
            [
                .text(tool.reference.server), .text(tool.reference.name), .json(tool.json), .bool(tool.isEnabled),
            ])
    }

    func save(_ provider: FactProvider) throws {
        try write(
            """
            INSERT INTO fact_providers (name, kind, location) VALUES (?, ?, ?)
            ON CONFLICT (name) DO UPDATE SET kind = excluded.kind, location = excluded.location
            """, [.text(provider.name), .word(provider.kind), .text(provider.location)])
    }

    func save(_ freeze: Freeze) throws {
        try write(
            """
            INSERT INTO freezes (scope, frozen_by, reason, at) VALUES (?, ?, ?, ?)
            ON CONFLICT (scope) DO UPDATE SET frozen_by = excluded.frozen_by, reason = excluded.reason, at = excluded.at
            """, [.text(freeze.scope.key), .text(freeze.by), .text(freeze.reason), .time(freeze.at)])
    }

    func removeFreeze(_ scope: Freeze.Scope) throws {
        try write("DELETE FROM freezes WHERE scope = ?", [.text(scope.key)])
    }

    func setPolicy(_ version: PolicyVersion) throws {
        try write(
            "INSERT INTO policies (digest, source, loaded_at, loaded_by, scenarios) VALUES (?, ?, ?, ?, ?)",
            [
                .digest(version.digest), .text(version.source), .time(version.loadedAt), .text(version.loadedBy),
                .json(version.scenarios),
            ])
    }

    func insert(_ change: ChangeProposal) throws {
        try write(
            """
            INSERT INTO changes (id, change, digest, proposed_by, created_at, expires_at, status, confirmation_count,
                confirmations) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
            """,
            [
                .id(change.id), .json(change.change.json), .digest(change.digest), .text(change.proposedBy),
                .time(change.createdAt), .time(change.expiresAt), .word(change.status),
                .count(change.confirmations.count), .json(.array(change.confirmations.map(\.json))),
            ])
    }

    /// Two administrators who confirm at once cannot both be the second: the number of confirmations is the revision.
    func update(_ change: ChangeProposal, expectingConfirmations expected: Int) throws -> Bool {
        try write(
            """
            UPDATE changes SET status = ?, confirmation_count = ?, confirmations = ?
            WHERE id = ? AND status = 'proposed' AND confirmation_count = ?
            """,
            [
                .word(change.status), .count(change.confirmations.count),
                .json(.array(change.confirmations.map(\.json))), .id(change.id), .count(expected),
            ]) == 1
    }

    @discardableResult
    private func write(_ sql: String, _ values: [SQLValue]) throws(StoreError) -> Int {
        let count = try connection.run(sql, values)
        if count > 0 { note(.inventory) }
        return count
    }
}
