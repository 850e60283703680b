package import CanonicalEncoding

/// An entry as a log keeps it: its bytes and their hash, made once, and before anybody waits for them.
package struct LogLeaf: Hashable, Sendable {
    package let subject: Text
    package let bytes: [UInt8]
    /// RFC 6962.
    package let hash: Digest

    package init(_ entry: LogEntry) {
        subject = entry.subject
        bytes = entry.bytes
        hash = MerkleHash.leaf(bytes)
    }
}
