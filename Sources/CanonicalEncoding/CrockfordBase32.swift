/// Crockford's base 32 in lower case and without check symbol: for handles that people read aloud (no i, l, o, u).
package enum CrockfordBase32 {
    private static let alphabet = Array("0123456789abcdefghjkmnpqrstvwxyz".utf8)
    /// The value of each byte, 0xFF where it has none.
    private static let values: [UInt8] = {
        var values = [UInt8](repeating: 0xFF, count: 256)
        for (value, character) in alphabet.enumerated() { values[Int(character)] = UInt8(value) }
        return values
    }()

    /// The bits in order, the last character filled up with zeros: 16 bytes give 26 characters.
    package static func encode(_ bytes: some Sequence<UInt8>) -> String {
        // Copied first: a caller's own sequence would be asked for each byte through its witness table.
        let bytes = Array(bytes)
        var output: [UInt8] = []
        output.reserveCapacity(bytes.count * 8 / 5 + 1)
        var pending: UInt32 = 0
        var pendingBits = 0
        for byte in bytes {
            pending = (pending << 8 | UInt32(byte)) & 0xFFFF
            pendingBits += 8
            while pendingBits >= 5 {
                pendingBits -= 5
                output.append(alphabet[Int(pending >> UInt32(pendingBits) & 0x1F)])
            }
        }
        if pendingBits > 0 { output.append(alphabet[Int(pending << UInt32(5 - pendingBits) & 0x1F)]) }
        return String(decoding: output, as: UTF8.self)
    }

    /// Nil for upper case, for the look-alikes that Crockford's decoder would forgive (they would give one handle several
    /// spellings), for lengths that no whole number of bytes has, and for bits that are left over and not zero.
    package static func decode(_ text: String) -> [UInt8]? {
        var output: [UInt8] = []
        output.reserveCapacity(text.utf8.count * 5 / 8)
        var pending: UInt32 = 0
        var pendingBits = 0
        for character in text.utf8 {
            let value = values[Int(character)]
            guard value != 0xFF else { return nil }
            pending = (pending << 5 | UInt32(value)) & 0xFFFF
            pendingBits += 5
            if pendingBits >= 8 {
                pendingBits -= 8
                output.append(UInt8(truncatingIfNeeded: pending >> UInt32(pendingBits)))
            }
        }
        guard pendingBits < 5, pending & (1 << UInt32(pendingBits) - 1) == 0 else { return nil }
        return output
    }
}
