import AuthorityPorts
import CanonicalEncoding
import DomainModel
import TransparencyLog

extension SQLiteReader {
    func logSize() throws -> Int64 {
        try connection.first("SELECT coalesce(max(position) + 1, 0) FROM log") { row throws(StoreError) in
            try row.integer()
        } ?? 0
    }

    func logEntries(from index: Int64, limit: Int) throws -> [StoredLogEntry] {
        try connection.all(
            "SELECT position, bytes, leaf_hash FROM log WHERE position >= ? ORDER BY position LIMIT ?",
            [.integer(index), .count(limit)], Self.entry)
    }

    func logEntries(subject: Text) throws -> [StoredLogEntry] {
        try connection.all(
            "SELECT position, bytes, leaf_hash FROM log WHERE subject = ? ORDER BY position", [.text(subject)],
            Self.entry)
    }

    func leafHashes(from index: Int64, limit: Int) throws -> [Digest] {
        try connection.all(
            "SELECT leaf_hash FROM log WHERE position >= ? ORDER BY position LIMIT ?", [.integer(index), .count(limit)]
        ) { row throws(StoreError) in try row.digest() }
    }

    func logTile(level: Int, index: Int64) throws -> [Digest]? {
        try connection.first(
            "SELECT hashes FROM log_tiles WHERE level = ? AND position = ?", [.count(level), .integer(index)]
        ) { row throws(StoreError) in
            let bytes = try row.bytes()
            return try stride(from: 0, to: bytes.count, by: 32).map { start throws(StoreError) in
                guard let hash = Digest(bytes: Array(bytes[start..<min(start + 32, bytes.count)])) else {
                    throw StoreError.damaged("tile \(index) of level \(level) of the log holds no hashes")
                }
                return hash
            }
        }
    }

    func checkpoint() throws -> StoredCheckpoint? {
        try connection.first("SELECT size, root, note, signed_at FROM log_checkpoint") { row throws(StoreError) in
            StoredCheckpoint(
                size: try row.integer(), root: try row.digest(), note: try row.bytes(), at: try row.time())
        }
    }

    /// The newest entry's leaf hash: what the anchor remembers.
    func leafHash(at index: Int64) throws(StoreError) -> Digest? {
        try connection.first("SELECT leaf_hash FROM log WHERE position = ?", [.integer(index)]) {
            row throws(StoreError) in try row.digest()
        }
    }

    /// The leaf hash is taken again: an entry that was altered in its place is damage, whoever altered it.
    private static func entry(_ row: inout StoredRow) throws(StoreError) -> StoredLogEntry {
        let entry = StoredLogEntry(index: try row.integer(), bytes: try row.bytes(), leafHash: try row.digest())
        guard MerkleHash.leaf(entry.bytes) == entry.leafHash else {
            throw StoreError.damaged("entry \(entry.index) of the log does not have its hash")
        }
        return entry
    }
}

extension SQLiteTransaction {
    /// S9, S10: the next index is taken in the transaction of the change that it records; there is one writer, and the primary
    /// key would stop a second one. (`RETURNING` in one statement costs a table of its own each time.)
    @discardableResult
    func append(_ entry: LogEntry) throws -> Int64 {
        let bytes = entry.bytes
        let leaf = MerkleHash.leaf(bytes)
        let index = try logSize()
        try connection.run(
            "INSERT INTO log (position, subject, bytes, leaf_hash) VALUES (?, ?, ?, ?)",
            [.integer(index), .text(entry.subject), .bytes(bytes), .digest(leaf)])
        noteEntry(logSize: index + 1, leaf: leaf)
        return index
    }

    func save(tile: [Digest], level: Int, index: Int64) throws {
        try connection.run(
            """
            INSERT INTO log_tiles (level, position, hashes) VALUES (?, ?, ?)
            ON CONFLICT (level, position) DO UPDATE SET hashes = excluded.hashes
            """, [.count(level), .integer(index), .bytes(tile.flatMap(\.bytes))])
    }

    func save(_ checkpoint: StoredCheckpoint, replacing replaced: Int64) throws -> Bool {
        let values: [SQLValue] = [
            .integer(checkpoint.size), .digest(checkpoint.root), .bytes(checkpoint.note), .time(checkpoint.at),
        ]
        if replaced == 0 {
            return try connection.run(
                """
                INSERT INTO log_checkpoint (one, size, root, note, signed_at) VALUES (1, ?, ?, ?, ?)
                ON CONFLICT (one) DO NOTHING
                """, values) == 1
        }
        return try connection.run(
            "UPDATE log_checkpoint SET size = ?, root = ?, note = ?, signed_at = ? WHERE size = ?",
            values + [.integer(replaced)]) == 1
    }
}
