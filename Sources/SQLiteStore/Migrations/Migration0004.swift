extension Migration {
    /// Tool servers behind the gateway, and what they have said of their tools.
    static let upstreams = Migration(
        version: 4,
        sql: """
            CREATE TABLE upstreams (
                name BLOB PRIMARY KEY,
                server TEXT NOT NULL,
                registered_at INTEGER NOT NULL,
                registered_by BLOB NOT NULL
            ) STRICT, WITHOUT ROWID;
            -- The newest row of a tool holds; earlier ones are what its changes are shown against.
            CREATE TABLE discovered_tools (
                position INTEGER PRIMARY KEY,
                server BLOB NOT NULL,
                name BLOB NOT NULL,
                state TEXT NOT NULL CHECK (\(isOne("state", of: "offered unusable gone withdrawn"))),
                digest BLOB CHECK (digest IS NULL OR length(digest) = 32),
                definition TEXT,
                problem BLOB,
                seen_at INTEGER NOT NULL
            ) STRICT;
            CREATE INDEX discovered_tools_by_name ON discovered_tools (server, name, position);
            CREATE TRIGGER discovered_tools_never_change BEFORE UPDATE ON discovered_tools
            BEGIN SELECT RAISE(ABORT, 'what a server said is kept as it was'); END;
            CREATE TRIGGER discovered_tools_stay BEFORE DELETE ON discovered_tools
            BEGIN SELECT RAISE(ABORT, 'what a server said is kept as it was'); END;
            """)
}
