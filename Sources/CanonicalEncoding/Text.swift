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

    /// Lends the bytes without copying them.
    @inline(__always)
    func withBytes<R>(_ body: (Span<UInt8>) -> R) -> R {
        if let result = unsafe string.utf8.withContiguousStorageIfAvailable({ unsafe body($0.span) }) { return result }
        let copy = Array(string.utf8)
        return body(copy.span)
    }
}

extension Text: Hashable {
    package static func == (left: Text, right: Text) -> Bool {
        guard left.string.utf8.count == right.string.utf8.count else { return false }
        return left.withBytes { a in right.withBytes { b in firstDifference(a, b) == a.count } }
    }

    package func hash(into hasher: inout Hasher) {
        withBytes { bytes in unsafe bytes.withUnsafeBytes { buffer in unsafe hasher.combine(bytes: buffer) } }
        // The end mark keeps a sequence of texts from hashing like another cut of the same bytes; 0xFF is never in UTF-8.
        hasher.combine(0xFF as UInt8)
    }

    /// Where two byte strings begin to differ: the length of the shorter one where they do not.
    @inline(__always)
    private static func firstDifference(_ a: Span<UInt8>, _ b: Span<UInt8>) -> Int {
        let shared = min(a.count, b.count)
        var index = 0
        while index + 8 <= shared {
            let word = unsafe a.bytes.unsafeLoadUnaligned(fromByteOffset: index, as: UInt64.self)
            let other = unsafe b.bytes.unsafeLoadUnaligned(fromByteOffset: index, as: UInt64.self)
            if word != other { break }
            index += 8
        }
        while index < shared, a[index] == b[index] { index += 1 }
        return index
    }
}

extension Text: Comparable {
    /// Order of the UTF-8 bytes, which is the order of the Unicode scalars (and not that of RFC 8785).
    package static func < (left: Text, right: Text) -> Bool {
        left.withBytes { a in
            right.withBytes { b in
                let index = firstDifference(a, b)
                guard index < a.count, index < b.count else { return a.count < b.count }
                return a[index] < b[index]
            }
        }
    }

    /// Order of the UTF-16 code units: how RFC 8785 (3.2.3) sorts member names.
    ///
    /// It differs from the order of bytes in one place: the surrogates of a scalar beyond U+FFFF (lead byte 0xF0 and up) stand
    /// before U+E000 to U+FFFF (lead bytes 0xEE and 0xEF).
    func precedesInUTF16(_ other: Text) -> Bool {
        withBytes { a in
            other.withBytes { b in
                let index = Self.firstDifference(a, b)
                guard index < a.count, index < b.count else { return a.count < b.count }
                let (x, y) = (a[index], b[index])
                if x >= 0xEE, y >= 0xEE, (x >= 0xF0) != (y >= 0xF0) { return x >= 0xF0 }
                return x < y
            }
        }
    }
}
