extension Migration {
    /// People, agents, tools, switches, policies and their changes.
    static let initialInventory = """
        CREATE TABLE agents (
            id TEXT PRIMARY KEY,
            owner TEXT NOT NULL,
            purpose BLOB NOT NULL,
            environment BLOB,
            keys TEXT NOT NULL,
            created_at INTEGER NOT NULL,
            ends_at INTEGER NOT NULL,
            disabled_at INTEGER,
            last_used_at INTEGER
        ) STRICT, WITHOUT ROWID;
        CREATE TABLE persons (
            id TEXT PRIMARY KEY,
            name BLOB NOT NULL,
            roles TEXT NOT NULL,
            created_at INTEGER NOT NULL,
            disabled_at INTEGER
        ) STRICT, WITHOUT ROWID;
        CREATE TABLE passkeys (
            credential_id BLOB PRIMARY KEY,
            person TEXT NOT NULL,
            public_key BLOB NOT NULL,
            sign_count INTEGER NOT NULL CHECK (sign_count BETWEEN 0 AND 4294967295),
            backup_eligible INTEGER NOT NULL,
            backup_state INTEGER NOT NULL,
            aaguid BLOB NOT NULL,
            created_at INTEGER NOT NULL,
            disabled_at INTEGER,
            last_used_at INTEGER
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX passkeys_of_person ON passkeys (person);
        CREATE TABLE memberships (
            group_name TEXT NOT NULL,
            member TEXT NOT NULL,
            added_at INTEGER NOT NULL,
            PRIMARY KEY (group_name, member)
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX memberships_of_member ON memberships (member);
        CREATE TABLE tools (
            server BLOB NOT NULL,
            name BLOB NOT NULL,
            tool TEXT NOT NULL,
            is_enabled INTEGER NOT NULL,
            PRIMARY KEY (server, name)
        ) STRICT, WITHOUT ROWID;
        CREATE TABLE fact_providers (
            name BLOB PRIMARY KEY,
            kind TEXT NOT NULL,
            location BLOB NOT NULL
        ) STRICT, WITHOUT ROWID;
        CREATE TABLE freezes (
            scope BLOB PRIMARY KEY,
            frozen_by BLOB NOT NULL,
            reason BLOB NOT NULL,
            at INTEGER NOT NULL
        ) STRICT, WITHOUT ROWID;
        -- The newest row is in force; earlier ones are kept.
        CREATE TABLE policies (
            position INTEGER PRIMARY KEY,
            digest BLOB NOT NULL CHECK (length(digest) = 32),
            source BLOB NOT NULL,
            loaded_at INTEGER NOT NULL,
            loaded_by BLOB NOT NULL
        ) STRICT;
        CREATE INDEX policies_by_digest ON policies (digest);
        CREATE TRIGGER policies_never_change BEFORE UPDATE ON policies
        BEGIN SELECT RAISE(ABORT, 'a policy set that was in force is kept as it was'); END;
        CREATE TRIGGER policies_stay BEFORE DELETE ON policies
        BEGIN SELECT RAISE(ABORT, 'a policy set that was in force is kept as it was'); END;
        CREATE TABLE changes (
            id TEXT PRIMARY KEY,
            status TEXT NOT NULL CHECK (\(isOne("status", of: "proposed applied rejected expired"))),
            change TEXT NOT NULL,
            digest BLOB NOT NULL CHECK (length(digest) = 32),
            proposed_by BLOB NOT NULL,
            created_at INTEGER NOT NULL,
            expires_at INTEGER NOT NULL,
            confirmation_count INTEGER NOT NULL CHECK (confirmation_count >= 0),
            confirmations TEXT NOT NULL
        ) STRICT, WITHOUT ROWID;
        CREATE TRIGGER changes_end_once BEFORE UPDATE ON changes WHEN OLD.status <> 'proposed'
        BEGIN SELECT RAISE(ABORT, 'a change ends once'); END;
        CREATE TRIGGER changes_keep_identity BEFORE UPDATE OF
            id, change, digest, proposed_by, created_at, expires_at ON changes
        BEGIN SELECT RAISE(ABORT, 'what a change proposes never changes'); END;
        """
}
