/// A string whose identity is its UTF-8 bytes.
///
/// Swift's `String` compares by canonical equivalence, which merges different byte sequences and costs quadratic time on
/// hostile input. `Text` compares, hashes and orders by bytes, in linear time.
package struct Text: Sendable, ExpressibleByStringInterpolation, LosslessStringConvertible {
    /// The same characters for display and for interfaces that want a `String`. Never compare it.
    package let string: String

    package init(_ string: String) {
        self.string = string
    }

    package init(stringLiteral value: String) {
        string = value
    }

    /// Nil when the bytes are not well-formed UTF-8; nothing is repaired.
    package init?(utf8 bytes: some Collection<UInt8>) {
        guard let decoded = String(validating: bytes, as: UTF8.self) else { return nil }
        string = decoded
    }

    package var utf8: String.UTF8View { string.utf8 }
    package var description: String { string }
    package var isEmpty: Bool { string.isEmpty }
}

extension Text: Hashable {
    package static func == (left: Text, right: Text) -> Bool {
        left.string.utf8.elementsEqual(right.string.utf8)
    }

    package func hash(into hasher: inout Hasher) {
        for byte in string.utf8 { hasher.combine(byte) }
        hasher.combine(0xFF as UInt8)
    }
}

extension Text: Comparable {
    /// Order of the UTF-8 bytes, which is the order of the Unicode scalars (and not that of RFC 8785).
    package static func < (left: Text, right: Text) -> Bool {
        left.string.utf8.lexicographicallyPrecedes(right.string.utf8)
    }
}
