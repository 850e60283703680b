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

    /// SHA-256(domain ‖ 0x00 ‖ JCS(value)).
    ///
    /// The domain (such as `countersign.action.v1`) keeps a digest of one kind from ever being one of another; it holds no
    /// zero byte, so that the end of it is certain.
    package init(domain: StaticString, _ value: JSONValue) {
        var message: [UInt8] = []
        message.reserveCapacity(4096)
        message.append(contentsOf: domain.description.utf8)
        message.append(0)
        CanonicalJSON.append(value, to: &message)
        bytes = Array(SHA256.hash(data: message))
    }

    private static let prefix = "sha-256:"

    /// `sha-256:` and 43 characters of base64url.
    package var wire: String { Self.prefix + Base64URL.encode(bytes) }

    /// The strict inverse of `wire`: nil for any other spelling.
    package init?(wire: String) {
        let text = Array(wire.utf8)
        guard text.starts(with: Self.prefix.utf8),
            let bytes = Base64URL.decode(utf8: text.dropFirst(Self.prefix.utf8.count))
        else { return nil }
        self.init(bytes: bytes)
    }
}

extension Digest: CustomStringConvertible {
    package var description: String { wire }
}
