package import CanonicalEncoding

/// Hashes of RFC 6962, section 2.1.
package enum MerkleHash {
    /// MTH of the empty tree: SHA-256 of nothing.
    package static let empty = Digest(sha256: [UInt8]())

    /// `SHA-256(0x00 ‖ data)`.
    package static func leaf(_ data: [UInt8]) -> Digest {
        Digest(sha256: [0x00] + data)
    }

    /// `SHA-256(0x01 ‖ left ‖ right)`.
    package static func node(_ left: Digest, _ right: Digest) -> Digest {
        Digest(sha256: [0x01] + left.bytes + right.bytes)
    }
}
