package import CanonicalEncoding

/// A string whose identity is its UTF-8 bytes.
///
/// Cedar compares strings by code point. Swift's `String` compares by canonical equivalence, which would make one person
/// out of two whose names differ in normalisation, so every name and string of the language has this type.
public struct CedarString: Sendable, ExpressibleByStringLiteral, CustomStringConvertible {
    /// The same characters for display. Never compare it.
    public let string: String

    /// A string of the language from a Swift string, byte for byte.
    public init(_ string: String) {
        self.string = string
    }

    /// A literal in Swift source.
    public init(stringLiteral value: String) {
        string = value
    }

    package init(_ text: Text) {
        string = text.string
    }

    package var text: Text { Text(string) }

    /// The bytes that are its identity.
    public var utf8: String.UTF8View { string.utf8 }

    /// The characters themselves.
    public var description: String { string }
}

extension CedarString: Hashable, Comparable {
    /// Byte for byte.
    public static func == (left: CedarString, right: CedarString) -> Bool {
        left.text == right.text
    }

    /// Linear in the bytes, eight of them at a time, with the process's seed.
    public func hash(into hasher: inout Hasher) {
        let bytes = string.utf8.span
        var word: UInt64 = 0
        for index in bytes.indices {
            word = word << 8 | UInt64(bytes[index])
            if index & 7 == 7 {
                hasher.combine(word)
                word = 0
            }
        }
        hasher.combine(word)
        hasher.combine(bytes.count)
    }

    /// Order of the UTF-8 bytes, which is the order of the code points.
    public static func < (left: CedarString, right: CedarString) -> Bool {
        left.text < right.text
    }
}
