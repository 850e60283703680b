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
        bytes = Self.finished(SHA256.hash(data: Array(data)))
    }

    /// SHA-256(domain ‖ 0x00 ‖ JCS(value)).
    ///
    /// The domain (such as `countersign.action.v1`) keeps a digest of one kind from ever being one of another; it holds no
    /// zero byte, so that the end of it is certain.
    package init(domain: StaticString, _ value: JSONValue) {
        self.init(domain: domain, canonical: CanonicalJSON.encode(value))
    }

    /// The same where the canonical bytes are there already.
    init(domain: StaticString, canonical: [UInt8]) {
        var hash = SHA256()
        unsafe hash.update(
            bufferPointer: UnsafeRawBufferPointer(start: domain.utf8Start, count: domain.utf8CodeUnitCount))
        hash.update(data: [0 as UInt8])
        hash.update(data: canonical)
        bytes = Self.finished(hash.finalize())
    }

    /// In one piece: the digest's own iterator goes byte by byte.
    private static func finished(_ digest: SHA256.Digest) -> [UInt8] {
        unsafe digest.withUnsafeBytes { unsafe Array($0) }
    }

    private static let prefix: StaticString = "sha-256:"

    /// `sha-256:` and 43 characters of base64url.
    package var wire: String { Base64Coder.url.encode(bytes, after: Self.prefix) }

    /// The strict inverse of `wire`: nil for any other spelling.
    package init?(wire: String) {
        let text = Array(wire.utf8)
        guard text.starts(with: "sha-256:".utf8),
            let bytes = Base64URL.decode(utf8: text.dropFirst(Self.prefix.utf8CodeUnitCount))
        else { return nil }
        self.init(bytes: bytes)
    }
}

extension Digest: CustomStringConvertible {
    package var description: String { wire }
}
