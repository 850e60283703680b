/// What base64 and base64url (RFC 4648, sections 4 and 5) share: they differ in two characters and in padding.
///
/// Decoding accepts exactly the spellings that encoding produces, so that a decoded value has one spelling: `QR==` decodes to
/// the same byte as `QQ==` elsewhere, which would let one token appear as two in a cache that is keyed by text.
struct Base64Coder {
    private let alphabet: [UInt8]
    private let isPadded: Bool
    /// The value of each byte, 0xFF where it has none.
    private let values: [UInt8]

    static let url = Base64Coder(lastTwo: "-_", isPadded: false)
    static let standard = Base64Coder(lastTwo: "+/", isPadded: true)

    private init(lastTwo: String, isPadded: Bool) {
        alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789\(lastTwo)".utf8)
        self.isPadded = isPadded
        var values = [UInt8](repeating: 0xFF, count: 256)
        for (value, character) in alphabet.enumerated() { values[Int(character)] = UInt8(value) }
        self.values = values
    }

    func encode(_ bytes: [UInt8]) -> String {
        var output: [UInt8] = []
        output.reserveCapacity(bytes.count / 3 * 4 + 4)
        var pending: UInt32 = 0
        var pendingBits = 0
        for byte in bytes {
            pending = (pending << 8 | UInt32(byte)) & 0xFFFF
            pendingBits += 8
            while pendingBits >= 6 {
                pendingBits -= 6
                output.append(alphabet[Int(pending >> UInt32(pendingBits) & 0x3F)])
            }
        }
        if pendingBits > 0 { output.append(alphabet[Int(pending << UInt32(6 - pendingBits) & 0x3F)]) }
        while isPadded, !output.count.isMultiple(of: 4) { output.append(UInt8(ascii: "=")) }
        return String(decoding: output, as: UTF8.self)
    }

    func decode(_ text: some BidirectionalCollection<UInt8>) -> [UInt8]? {
        var characters = text[...]
        if isPadded {
            guard text.count.isMultiple(of: 4) else { return nil }
            for _ in 0..<2 where characters.last == UInt8(ascii: "=") { characters.removeLast() }
        }
        let count = characters.count
        guard count % 4 != 1 else { return nil }
        var output: [UInt8] = []
        output.reserveCapacity(count / 4 * 3 + 2)
        var pending: UInt32 = 0
        var pendingBits = 0
        for character in characters {
            let value = values[Int(character)]
            guard value != 0xFF else { return nil }
            pending = (pending << 6 | UInt32(value)) & 0xFFFF
            pendingBits += 6
            if pendingBits >= 8 {
                pendingBits -= 8
                output.append(UInt8(truncatingIfNeeded: pending >> UInt32(pendingBits)))
            }
        }
        // Bits that no byte uses must be zero, or the same bytes had several spellings.
        guard pending & (1 << UInt32(pendingBits) - 1) == 0 else { return nil }
        return output
    }
}
