/// The extension type `ipaddr`: an address of version 4 or 6 with a prefix length.
///
/// Two ranges are equal when address and prefix are, so `10.1.0.0/8` and `10.0.0.0/8` differ although they cover the same.
public struct IPRange: Hashable, Sendable {
    /// The upper 64 bits of the address; zero for version 4.
    public let high: UInt64
    /// The lower 64 bits of the address; version 4 uses the lowest 32.
    public let low: UInt64
    /// Bits of the address that the range fixes: at most 32 or 128.
    public let prefix: UInt8
    /// Whether the address is of version 6.
    public let isVersion6: Bool

    /// Nil unless it is an address, optionally with `/` and a prefix length without leading zeros.
    ///
    /// No leading zeros in version 4, no embedded version 4 and no zone in version 6.
    public init?(_ text: CedarString) {
        let bytes = Array(text.utf8)
        guard bytes.count <= 43 else { return nil }
        let slash = bytes.firstIndex(of: UInt8(ascii: "/"))
        let address = bytes[..<(slash ?? bytes.endIndex)]
        isVersion6 = address.contains(UInt8(ascii: ":"))
        let width: UInt8 = isVersion6 ? 128 : 32
        if let slash {
            guard let prefix = Self.prefix(bytes[(slash + 1)...], atMost: width) else { return nil }
            self.prefix = prefix
        } else {
            prefix = width
        }
        if isVersion6 {
            guard let groups = Self.version6(address) else { return nil }
            high = groups[..<4].reduce(0) { $0 << 16 | UInt64($1) }
            low = groups[4...].reduce(0) { $0 << 16 | UInt64($1) }
        } else {
            guard let address = Self.version4(address) else { return nil }
            high = 0
            low = address
        }
    }

    private static func prefix(_ bytes: ArraySlice<UInt8>, atMost limit: UInt8) -> UInt8? {
        guard !bytes.isEmpty, bytes.count <= 3, bytes.count == 1 || bytes.first != UInt8(ascii: "0") else { return nil }
        var value = 0
        for byte in bytes {
            guard byte >= 0x30, byte <= 0x39 else { return nil }
            value = value * 10 + Int(byte - 0x30)
        }
        return value <= Int(limit) ? UInt8(value) : nil
    }

    private static func version4(_ bytes: ArraySlice<UInt8>) -> UInt64? {
        let parts = bytes.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        guard parts.count == 4 else { return nil }
        var address: UInt64 = 0
        for part in parts {
            guard let octet = prefix(part, atMost: 255) else { return nil }
            address = address << 8 | UInt64(octet)
        }
        return address
    }

    /// The eight groups of RFC 4291 §2.2 forms 1 and 2.
    private static func version6(_ bytes: ArraySlice<UInt8>) -> [UInt16]? {
        let colon = UInt8(ascii: ":")
        var gap: Int?
        for index in bytes.indices.dropLast() where bytes[index] == colon && bytes[index + 1] == colon {
            guard gap == nil else { return nil }
            gap = index
        }
        guard let gap else {
            guard let all = groups(bytes), all.count == 8 else { return nil }
            return all
        }
        let (before, after) = (bytes[..<gap], bytes[(gap + 2)...])
        guard let head = before.isEmpty ? [] : groups(before), let tail = after.isEmpty ? [] : groups(after),
            head.count + tail.count <= 7
        else { return nil }
        return head + Array(repeating: 0, count: 8 - head.count - tail.count) + tail
    }

    private static func groups(_ bytes: ArraySlice<UInt8>) -> [UInt16]? {
        var groups: [UInt16] = []
        for part in bytes.split(separator: UInt8(ascii: ":"), omittingEmptySubsequences: false) {
            guard !part.isEmpty, part.count <= 4 else { return nil }
            var value: UInt16 = 0
            for byte in part {
                guard let digit = StringEscapes.hexDigit(byte) else { return nil }
                value = value << 4 | UInt16(digit)
            }
            groups.append(value)
        }
        return groups
    }
}

extension IPRange {
    /// Whether the whole range lies in 127.0.0.0/8 or is ::1.
    public var isLoopback: Bool {
        isVersion6 ? high == 0 && low == 1 && prefix == 128 : low >> 24 == 127 && prefix >= 8
    }

    /// Whether the whole range lies in 224.0.0.0/4 or ff00::/8.
    public var isMulticast: Bool {
        isVersion6 ? high >> 56 == 0xFF && prefix >= 8 : low >> 28 == 0xE && prefix >= 4
    }

    /// Whether every address of this range is one of the other; never across versions.
    public func isInRange(_ other: IPRange) -> Bool {
        guard isVersion6 == other.isVersion6, prefix >= other.prefix else { return false }
        guard isVersion6 else {
            let shift = 32 - UInt64(other.prefix)
            return low >> shift == other.low >> shift
        }
        if other.prefix <= 64 {
            let shift = 64 - UInt64(other.prefix)
            return high >> shift == other.high >> shift
        }
        let shift = 128 - UInt64(other.prefix)
        return high == other.high && low >> shift == other.low >> shift
    }
}
