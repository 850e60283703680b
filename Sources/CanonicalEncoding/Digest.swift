import Crypto

/// A SHA-256 digest. On the wire: `sha-256:` and base64url without padding.
package struct Digest: Hashable, Sendable {
    /// Exactly 32 bytes.
    package let bytes: [UInt8]

    /// Nil unless there are 32 bytes.
    package init?(bytes: [UInt8]) {
        guard bytes.count == 32 else { return nil }
        self.bytes = bytes
    }

    /// SHA-256 of the bytes as they are.
    package init(sha256 data: some Sequence<UInt8>) {
        bytes = Array(SHA256.hash(data: Array(data)))
    }
}
