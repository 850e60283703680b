package import CanonicalEncoding
package import TransparencyLog

/// Reads the log, which only grows.
package protocol LogReading {
    /// The number of entries.
    func logSize() throws -> Int64
    /// Entries from `index` on, oldest first.
    func logEntries(from index: Int64, limit: Int) throws -> [StoredLogEntry]
    /// Entries about one subject, oldest first.
    func logEntries(subject: Text) throws -> [StoredLogEntry]
    /// Leaf hashes from `index` on, at most `limit`, as they were stored: whoever signs them reads the entries instead.
    func leafHashes(from index: Int64, limit: Int) throws -> [Digest]
    /// The hashes of a tile of level 1 or above, as far as a checkpoint covers them; nil where there are none.
    func logTile(level: Int, index: Int64) throws -> [Digest]?
    /// The newest checkpoint; nil before the first.
    func checkpoint() throws -> StoredCheckpoint?
}

/// Appends to the log, in the transaction of what it is about (invariant S9).
package protocol LogWriting {
    /// Appends at the next index, in this transaction; gaps never arise. Returns the index.
    @discardableResult
    func append(_ entry: LogEntry) throws -> Int64
    /// Writes a tile of level 1 or above. It only ever grows: what it held stays in its place.
    func save(tile: [Digest], level: Int, index: Int64) throws
    /// Puts a checkpoint in the place of the one of size `replaced` (0 where there is none), and says whether that was still the newest: the
    /// guard of S10, so that two who sign cannot fork the log.
    func save(_ checkpoint: StoredCheckpoint, replacing replaced: Int64) throws -> Bool
}

/// The head of the log that was signed last.
package struct StoredCheckpoint: Sendable, Hashable {
    package var size: Int64
    package var root: Digest
    /// The signed note.
    package var note: [UInt8]
    package var at: Timestamp

    package init(size: Int64, root: Digest, note: [UInt8], at: Timestamp) {
        self.size = size
        self.root = root
        self.note = note
        self.at = at
    }
}

/// An entry with its place and its RFC 6962 leaf hash.
package struct StoredLogEntry: Sendable, Hashable {
    package var index: Int64
    package var bytes: [UInt8]
    package var leafHash: Digest

    package init(index: Int64, bytes: [UInt8], leafHash: Digest) {
        self.index = index
        self.bytes = bytes
        self.leafHash = leafHash
    }
}
