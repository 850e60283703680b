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
}

/// Appends to the log, in the transaction of what it is about (invariant S9).
package protocol LogWriting {
    /// Appends at the next index, in this transaction; gaps never arise. Returns the index.
    @discardableResult
    func append(_ entry: LogEntry) throws -> Int64
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
