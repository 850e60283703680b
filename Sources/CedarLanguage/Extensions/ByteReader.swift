/// Reads the small fixed formats of the extension types, byte by byte.
struct ByteReader {
    private let bytes: [UInt8]
    private var position = 0

    init(_ text: CedarString) {
        bytes = Array(text.utf8)
    }

    var isAtEnd: Bool { position == bytes.count }
    var next: UInt8? { position < bytes.count ? bytes[position] : nil }

    mutating func skip(_ character: Unicode.Scalar) -> Bool {
        guard let next, UInt32(next) == character.value else { return false }
        position += 1
        return true
    }

    /// One or more digits as numbers 0 to 9, nil when there is none.
    mutating func digits(atMost limit: Int = .max) -> [UInt8]? {
        var found: [UInt8] = []
        while found.count < limit, let next, next >= 0x30, next <= 0x39 {
            found.append(next - 0x30)
            position += 1
        }
        return found.isEmpty ? nil : found
    }

    /// Exactly so many digits as a number.
    mutating func number(digits count: Int) -> Int? {
        guard let digits = digits(atMost: count), digits.count == count else { return nil }
        return digits.reduce(0) { $0 * 10 + Int($1) }
    }
}
