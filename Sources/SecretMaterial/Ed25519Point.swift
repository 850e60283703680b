import CanonicalEncoding

/// Encodings of points that are no honest Ed25519 key.
enum Ed25519Point {
    /// The y coordinates of the eight points whose order divides 8, little-endian: 0, 1, p - 1 and the two of order 8.
    private static let smallOrder: [[UInt8]] = [
        "0000000000000000000000000000000000000000000000000000000000000000",
        "0100000000000000000000000000000000000000000000000000000000000000",
        "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
        "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
    ].compactMap { Hex.decode($0) }

    /// Whether the 32 bytes encode a point of small order, or a coordinate that is not below p = 2²⁵⁵ - 19 (RFC 8032, 5.1.3).
    ///
    /// Under a key of small order, one signature fits many messages: whoever registers such a key could deny every action.
    static func isWeak(_ bytes: [UInt8]) -> Bool {
        guard bytes.count == 32 else { return true }
        var y = bytes
        y[31] &= 0x7F
        let isBeyondField = y[0] >= 0xED && y[1...30].allSatisfy { $0 == 0xFF } && y[31] == 0x7F
        return isBeyondField || smallOrder.contains(y)
    }
}
