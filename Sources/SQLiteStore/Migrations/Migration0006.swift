extension Migration {
    /// Since when an agent may have bearer tokens (NULL: it may not), and whether a held call was made with one.
    static let bearerTokens = Migration(
        version: 6,
        sql: """
            ALTER TABLE agents ADD COLUMN bearer_allowed_at INTEGER;
            ALTER TABLE held_calls ADD COLUMN proof TEXT NOT NULL DEFAULT 'dpop' CHECK (proof = 'dpop' OR proof = 'bearer');
            CREATE TRIGGER held_calls_keep_proof BEFORE UPDATE OF proof ON held_calls
            BEGIN SELECT RAISE(ABORT, 'whose call it is never changes'); END;
            """)
}
