extension Migration {
    /// The tree over the log, as far as it was signed. Level 0 of it is the log itself.
    static let logTree = Migration(
        version: 7,
        sql: """
            CREATE TABLE log_tiles (
                level INTEGER NOT NULL CHECK (level BETWEEN 1 AND 7),
                position INTEGER NOT NULL CHECK (position >= 0),
                hashes BLOB NOT NULL CHECK (length(hashes) BETWEEN 32 AND 8192 AND length(hashes) % 32 = 0),
                PRIMARY KEY (level, position)
            ) STRICT;
            CREATE TRIGGER log_tiles_grow BEFORE UPDATE ON log_tiles
            WHEN NEW.level <> OLD.level OR NEW.position <> OLD.position
                OR substr(NEW.hashes, 1, length(OLD.hashes)) <> OLD.hashes
            BEGIN SELECT RAISE(ABORT, 'a tile of the log only grows'); END;
            CREATE TRIGGER log_tiles_stay BEFORE DELETE ON log_tiles
            BEGIN SELECT RAISE(ABORT, 'tiles of the log are not deleted'); END;
            CREATE TABLE log_checkpoint (
                one INTEGER PRIMARY KEY CHECK (one = 1),
                size INTEGER NOT NULL CHECK (size >= 1),
                root BLOB NOT NULL CHECK (length(root) = 32),
                note BLOB NOT NULL,
                signed_at INTEGER NOT NULL
            ) STRICT;
            -- S10: every checkpoint is a prefix of all later ones.
            CREATE TRIGGER log_checkpoint_grows BEFORE UPDATE ON log_checkpoint
            WHEN NEW.size < OLD.size OR (NEW.size = OLD.size AND NEW.root <> OLD.root)
            BEGIN SELECT RAISE(ABORT, 'a checkpoint is never taken back'); END;
            CREATE TRIGGER log_checkpoint_stays BEFORE DELETE ON log_checkpoint
            BEGIN SELECT RAISE(ABORT, 'a checkpoint is never taken back'); END;
            """)
}
