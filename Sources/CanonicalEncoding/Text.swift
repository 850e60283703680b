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
    package var isEmpty: Bool { string.utf8.isEmpty }
}

extension Text: Hashable {
    package static func == (left: Text, right: Text) -> Bool {
        let (leftView, rightView) = (left.string.utf8, right.string.utf8)
        let (a, b) = (leftView.span, rightView.span)
        guard a.count == b.count else { return false }
        var index = 0
        while index < a.count {
            if a[index] != b[index] { return false }
            index += 1
        }
        return true
    }

    package func hash(into hasher: inout Hasher) {
        let view = string.utf8
        unsafe view.span.withUnsafeBytes { bytes in unsafe hasher.combine(bytes: bytes) }
        // The end mark keeps a sequence of texts from hashing like another cut of the same bytes; 0xFF is never in UTF-8.
        hasher.combine(0xFF as UInt8)
    }
}

extension Text: Comparable {
    /// Order of the UTF-8 bytes, which is the order of the Unicode scalars (and not that of RFC 8785).
    package static func < (left: Text, right: Text) -> Bool {
        let (leftView, rightView) = (left.string.utf8, right.string.utf8)
        let (a, b) = (leftView.span, rightView.span)
        let shared = min(a.count, b.count)
        var index = 0
        while index < shared {
            if a[index] != b[index] { return a[index] < b[index] }
            index += 1
        }
        return a.count < b.count
    }

    /// Order of the UTF-16 code units: how RFC 8785 (3.2.3) sorts member names.
    ///
    /// It differs from the order of bytes in one place: the surrogates of a scalar beyond U+FFFF (lead byte 0xF0 and up) stand
    /// before U+E000 to U+FFFF (lead bytes 0xEE and 0xEF).
    func precedesInUTF16(_ other: Text) -> Bool {
        let (view, otherView) = (string.utf8, other.string.utf8)
        let (a, b) = (view.span, otherView.span)
        let shared = min(a.count, b.count)
        var index = 0
        while index < shared {
            let (x, y) = (a[index], b[index])
            if x != y {
                if x >= 0xEE, y >= 0xEE, (x >= 0xF0) != (y >= 0xF0) { return x >= 0xF0 }
                return x < y
            }
            index += 1
        }
        return a.count < b.count
    }
}
