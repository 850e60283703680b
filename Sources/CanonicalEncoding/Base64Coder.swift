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

    /// `start` is ASCII and stands before the encoded bytes.
    func encode(_ bytes: [UInt8], after start: StaticString = "") -> String {
        let offset = start.utf8CodeUnitCount
        let count = isPadded ? (bytes.count + 2) / 3 * 4 : (bytes.count * 4 + 2) / 3
        return unsafe String(unsafeUninitializedCapacity: offset + count) { output in
            for index in 0..<offset { unsafe output[index] = start.utf8Start[index] }
            var end = offset
            func write(_ group: UInt32, characters: Int) {
                for place in 0..<characters {
                    unsafe output[end] = alphabet[Int(group >> UInt32(18 - 6 * place) & 0x3F)]
                    end += 1
                }
            }
            var index = 0
            while index + 3 <= bytes.count {
                write(
                    UInt32(bytes[index]) << 16 | UInt32(bytes[index + 1]) << 8 | UInt32(bytes[index + 2]),
                    characters: 4)
                index += 3
            }
            switch bytes.count - index {
            case 1: write(UInt32(bytes[index]) << 16, characters: 2)
            case 2: write(UInt32(bytes[index]) << 16 | UInt32(bytes[index + 1]) << 8, characters: 3)
            default: break
            }
            while end < offset + count {
                unsafe output[end] = UInt8(ascii: "=")
                end += 1
            }
            return end
        }
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
