extension Migration {
    /// The first schema.
    ///
    /// Handles are text and begin with their time, so that new rows of a WITHOUT ROWID table land side by side. Text
    /// from outside is stored as bytes. Times are milliseconds since 1970 (UTC). Documents are canonical JSON.
    static let initial = Migration(
        version: 1,
        sql: [store, requests, evidence, initialInventory, ceremonies, log].joined(separator: "\n"))

    private static let store = """
        CREATE TABLE store (
            one INTEGER PRIMARY KEY CHECK (one = 1),
            store_id BLOB NOT NULL CHECK (length(store_id) = 16),
            epoch INTEGER NOT NULL CHECK (epoch >= 1),
            created_at INTEGER NOT NULL
        ) STRICT;
        -- S14: an epoch is never lowered.
        CREATE TRIGGER store_epoch_rises BEFORE UPDATE ON store
        WHEN NEW.epoch < OLD.epoch OR NEW.store_id <> OLD.store_id
        BEGIN SELECT RAISE(ABORT, 'the epoch of a store is never lowered, its name never changed'); END;
        """

    private static let everyStatus =
        "pending approved granted executing completed failed violated unknown denied cancelled expired stale"
    private static let endedOtherwise = "failed violated unknown denied cancelled expired stale"

    /// The hot row is small; what never changes lies apart and is written once.
    private static let requests = """
        CREATE TABLE requests (
            id TEXT PRIMARY KEY,
            status TEXT NOT NULL CHECK (\(isOne("status", of: everyStatus))),
            revision INTEGER NOT NULL CHECK (revision >= 1),
            end_reason TEXT,
            expires_at INTEGER NOT NULL,
            updated_at INTEGER NOT NULL,
            superseded_by TEXT,
            grant_id TEXT, txn BLOB, audience TEXT, token_id BLOB, token_expires_at INTEGER,
            execution TEXT,
            agent TEXT NOT NULL,
            key_thumbprint BLOB NOT NULL,
            digest BLOB NOT NULL CHECK (length(digest) = 32),
            epoch INTEGER NOT NULL,
            tier TEXT NOT NULL CHECK (\(isOne("tier", of: "deny auto review approval"))),
            created_at INTEGER NOT NULL,
            -- When time does something to it by itself.
            due_at INTEGER AS (CASE status
                WHEN 'pending' THEN expires_at WHEN 'approved' THEN expires_at
                WHEN 'granted' THEN min(expires_at, token_expires_at) END) VIRTUAL,
            CHECK (status NOT IN ('granted', 'executing') OR (grant_id IS NOT NULL AND txn IS NOT NULL
                AND audience IS NOT NULL AND token_id IS NOT NULL AND token_expires_at IS NOT NULL)),
            CHECK (status <> 'executing' OR execution IS NOT NULL)
        ) STRICT, WITHOUT ROWID;
        -- The sweeper's and the epoch's: what is not terminal is little.
        CREATE INDEX requests_open ON requests (due_at, epoch)
        WHERE \(isOne("status", of: "pending approved granted executing"));
        -- Lists of what ended otherwise than completed; what is completed is most of the table and needs no index.
        CREATE INDEX requests_ended ON requests (status)
        WHERE \(isOne("status", of: endedOtherwise));
        CREATE INDEX requests_of_agent ON requests (agent);
        -- What waits for people: the inbox, and how many an agent may have.
        CREATE INDEX requests_pending ON requests (agent, expires_at) WHERE status = 'pending';
        -- S16: only the edges of the state machine exist, and terminal states absorb.
        CREATE TRIGGER requests_follow_edges BEFORE UPDATE OF status ON requests
        WHEN NEW.status <> OLD.status AND NOT CASE OLD.status
            WHEN 'pending' THEN \(isOne("NEW.status", of: "approved denied cancelled expired stale"))
            WHEN 'approved' THEN \(isOne("NEW.status", of: "granted denied cancelled expired stale"))
            WHEN 'granted' THEN \(isOne("NEW.status", of: "approved executing denied cancelled expired stale"))
            WHEN 'executing' THEN \(isOne("NEW.status", of: "completed failed violated unknown"))
            ELSE 0 END
        BEGIN SELECT RAISE(ABORT, 'a request moves along the edges of the state machine only'); END;
        -- S18: requests are immutable.
        CREATE TRIGGER requests_keep_identity BEFORE UPDATE OF
            id, agent, key_thumbprint, digest, epoch, tier, created_at ON requests
        BEGIN SELECT RAISE(ABORT, 'what a request asked for never changes'); END;
        CREATE TRIGGER requests_stay BEFORE DELETE ON requests
        BEGIN SELECT RAISE(ABORT, 'requests are not deleted'); END;

        CREATE TABLE request_bodies (
            request TEXT PRIMARY KEY REFERENCES requests (id),
            submission TEXT NOT NULL,
            action TEXT NOT NULL,
            assessment TEXT NOT NULL,
            rendering TEXT NOT NULL
        ) STRICT;
        CREATE TRIGGER request_bodies_never_change BEFORE UPDATE ON request_bodies
        BEGIN SELECT RAISE(ABORT, 'what a request asked for never changes'); END;
        CREATE TRIGGER request_bodies_stay BEFORE DELETE ON request_bodies
        BEGIN SELECT RAISE(ABORT, 'requests are not deleted'); END;

        -- Which key of which caller made what, and the digest of the body that came with it. Kept for ever: the port
        -- asks for 24 hours at least, and a retry after a month is a retry all the same.
        CREATE TABLE idempotency (
            kind TEXT NOT NULL CHECK (kind IN ('request', 'execution')),
            caller TEXT NOT NULL,
            key BLOB NOT NULL,
            body_digest BLOB NOT NULL CHECK (length(body_digest) = 32),
            object TEXT NOT NULL,
            PRIMARY KEY (kind, caller, key)
        ) STRICT, WITHOUT ROWID;
        """

    private static let evidence = """
        CREATE TABLE votes (
            position INTEGER PRIMARY KEY,
            request TEXT NOT NULL REFERENCES requests (id),
            person TEXT NOT NULL,
            decision TEXT NOT NULL CHECK (decision IN ('approve', 'deny')),
            cast_at INTEGER NOT NULL,
            expires_at INTEGER NOT NULL,
            assurance INTEGER NOT NULL,
            evidence TEXT NOT NULL,
            withdrawn_at INTEGER
        ) STRICT;
        CREATE INDEX votes_on_request ON votes (request);
        -- S7: one person counts once, at any time. V3: whose vote has lapsed may vote again, and the old one is kept.
        CREATE TRIGGER votes_count_once BEFORE INSERT ON votes WHEN EXISTS (
            SELECT 1 FROM votes WHERE request = NEW.request AND person = NEW.person AND withdrawn_at IS NULL
                AND (decision = 'deny' OR expires_at > NEW.cast_at))
        BEGIN SELECT RAISE(ABORT, 'one person counts once'); END;
        CREATE TRIGGER votes_never_change BEFORE UPDATE OF
            position, request, person, decision, cast_at, expires_at, assurance, evidence ON votes
        BEGIN SELECT RAISE(ABORT, 'a vote never changes'); END;
        CREATE TRIGGER votes_are_withdrawn_once BEFORE UPDATE OF withdrawn_at ON votes WHEN OLD.withdrawn_at IS NOT NULL
        BEGIN SELECT RAISE(ABORT, 'a vote is withdrawn once'); END;
        CREATE TRIGGER votes_stay BEFORE DELETE ON votes
        BEGIN SELECT RAISE(ABORT, 'votes are not deleted'); END;

        CREATE TABLE executions (
            id TEXT PRIMARY KEY,
            -- S2, once more: a request has one execution at most.
            request TEXT NOT NULL UNIQUE REFERENCES requests (id),
            executor TEXT NOT NULL,
            digest BLOB NOT NULL CHECK (length(digest) = 32),
            claimed_at INTEGER NOT NULL,
            deadline INTEGER NOT NULL,
            status TEXT NOT NULL CHECK (\(isOne("status", of: "executing completed failed violated unknown"))),
            completion TEXT,
            late_completion TEXT
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX executions_running ON executions (deadline) WHERE status = 'executing';
        -- S13: what ended stays ended; nothing runs again by itself.
        CREATE TRIGGER executions_end_once BEFORE UPDATE OF status, completion ON executions
        WHEN OLD.status <> 'executing'
        BEGIN SELECT RAISE(ABORT, 'an execution ends once'); END;
        CREATE TRIGGER executions_keep_identity BEFORE UPDATE OF
            id, request, executor, digest, claimed_at, deadline ON executions
        BEGIN SELECT RAISE(ABORT, 'what was claimed never changes'); END;
        CREATE TRIGGER executions_are_late_once BEFORE UPDATE OF late_completion ON executions
        WHEN OLD.late_completion IS NOT NULL
        BEGIN SELECT RAISE(ABORT, 'the first late completion is the one that is kept'); END;
        CREATE TRIGGER executions_stay BEFORE DELETE ON executions
        BEGIN SELECT RAISE(ABORT, 'executions are not deleted'); END;

        CREATE TABLE reviews (
            id TEXT PRIMARY KEY,
            execution TEXT NOT NULL REFERENCES executions (id),
            request TEXT NOT NULL REFERENCES requests (id),
            cause TEXT NOT NULL,
            opened_at INTEGER NOT NULL,
            due_at INTEGER NOT NULL
        ) STRICT, WITHOUT ROWID;
        """

    private static let ceremonies = """
        CREATE TABLE ceremonies (
            id TEXT PRIMARY KEY,
            purpose TEXT NOT NULL CHECK (\(isOne("purpose", of: "enrolment login vote change"))),
            person TEXT,
            object TEXT,
            statement TEXT NOT NULL,
            expires_at INTEGER NOT NULL
        ) STRICT, WITHOUT ROWID;
        CREATE TABLE sessions (
            token_digest BLOB PRIMARY KEY CHECK (length(token_digest) = 32),
            person TEXT NOT NULL,
            created_at INTEGER NOT NULL,
            expires_at INTEGER NOT NULL
        ) STRICT, WITHOUT ROWID;
        CREATE TABLE enrolment_links (
            token_digest BLOB PRIMARY KEY CHECK (length(token_digest) = 32),
            person TEXT NOT NULL,
            created_at INTEGER NOT NULL,
            expires_at INTEGER NOT NULL,
            used_at INTEGER
        ) STRICT, WITHOUT ROWID;
        CREATE TABLE once (
            kind TEXT NOT NULL CHECK (kind IN ('proof', 'revokedToken')),
            key BLOB NOT NULL CHECK (length(key) = 32),
            until INTEGER NOT NULL,
            PRIMARY KEY (kind, key)
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX once_lapsing ON once (until);
        """

    private static let log = """
        CREATE TABLE log (
            position INTEGER PRIMARY KEY CHECK (position >= 0),
            subject BLOB NOT NULL,
            bytes BLOB NOT NULL CHECK (length(bytes) <= 65535),
            leaf_hash BLOB NOT NULL CHECK (length(leaf_hash) = 32)
        ) STRICT;
        CREATE INDEX log_about ON log (subject);
        -- S10: the log grows and changes in no other way.
        CREATE TRIGGER log_never_changes BEFORE UPDATE ON log
        BEGIN SELECT RAISE(ABORT, 'the log is not changed'); END;
        CREATE TRIGGER log_stays BEFORE DELETE ON log
        BEGIN SELECT RAISE(ABORT, 'the log is not deleted'); END;
        """
}
