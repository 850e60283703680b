extension Migration {
    /// Calls of the gateway that wait for people or were made as tasks, and the answers that nobody has got yet.
    static let heldCalls = Migration(
        version: 5,
        sql: """
            CREATE TABLE held_calls (
                request TEXT PRIMARY KEY REFERENCES requests (id),
                agent TEXT NOT NULL,
                key_thumbprint BLOB NOT NULL,
                digest BLOB NOT NULL CHECK (length(digest) = 32),
                created_at INTEGER NOT NULL,
                is_task INTEGER NOT NULL CHECK (is_task = 0 OR is_task = 1),
                expires_at INTEGER NOT NULL,
                answer TEXT,
                handed_over_at INTEGER CHECK (handed_over_at IS NULL OR answer IS NOT NULL)
            ) STRICT;
            -- What a call that comes again attaches to, and the tasks of a caller.
            CREATE INDEX held_calls_of_caller ON held_calls (agent, digest);
            CREATE INDEX held_calls_lapsing ON held_calls (expires_at);
            CREATE TRIGGER held_calls_keep_identity BEFORE UPDATE OF
                request, agent, key_thumbprint, digest, created_at ON held_calls
            BEGIN SELECT RAISE(ABORT, 'whose call it is never changes'); END;
            -- One answer: what somebody may have got is not made into another one.
            CREATE TRIGGER held_calls_are_answered_once BEFORE UPDATE OF answer ON held_calls
            WHEN OLD.answer IS NOT NULL
            BEGIN SELECT RAISE(ABORT, 'a call is answered once'); END;
            -- An execution is looked up by its executor when a gateway starts.
            CREATE INDEX executions_of_executor ON executions (executor) WHERE status = 'executing';
            """)
}
