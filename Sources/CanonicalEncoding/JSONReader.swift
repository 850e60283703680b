/// Why a document was refused.
package struct JSONReadingError: Error, Hashable, Sendable {
    /// Stable words for the wire (`problem+json` codes), one per rule of the strict reader.
    package enum Code: String, Sendable, CaseIterable {
        case tooLarge = "json_too_large"
        case tooDeep = "json_too_deep"
        case stringTooLong = "json_string_too_long"
        case byteOrderMark = "json_byte_order_mark"
        case invalidUTF8 = "json_invalid_utf8"
        case unexpectedEnd = "json_unexpected_end"
        case unexpectedByte = "json_unexpected_byte"
        case duplicateName = "json_duplicate_name"
        case invalidEscape = "json_invalid_escape"
        case loneSurrogate = "json_lone_surrogate"
        case controlCharacter = "json_control_character"
        case invalidNumber = "json_invalid_number"
        case numberOutOfRange = "json_number_out_of_range"
        case trailingBytes = "json_trailing_bytes"
    }

    package var code: Code
    /// Offset in bytes from the start of the document.
    package var position: Int

    package init(code: Code, position: Int) {
        self.code = code
        self.position = position
    }
}

/// What a document may cost before it is refused.
package struct JSONLimits: Sendable {
    /// The whole document, in bytes.
    package var bytes: Int
    /// How many arrays and objects may stand inside each other; never more than `greatestDepth`.
    package var depth: Int
    /// A name or string after its escapes are resolved, in bytes of UTF-8. A number literal may not be longer either.
    package var stringBytes: Int

    package init(bytes: Int = 1_048_576, depth: Int = 64, stringBytes: Int = 65_536) {
        self.bytes = bytes
        self.depth = min(depth, Self.greatestDepth)
        self.stringBytes = stringBytes
    }

    /// The reader descends once per level; so deep, half a MiB of stack suffices many times over.
    package static let greatestDepth = 128

    /// The limits of `authority.md`: 1 MiB, depth 64, 64 KiB for a name or string.
    package static let standard = JSONLimits()

    /// For documents of ours that were let in by `standard` and then put inside others: whatever was stored must be readable.
    package static let stored = JSONLimits(bytes: 1 << 28, depth: greatestDepth, stringBytes: 1 << 28)
}

/// The strict reader of JSON (RFC 8259): one document in UTF-8 without byte order mark, and nothing that two readers could
/// take in two ways.
///
/// It refuses duplicate names (compared after escapes are resolved), lone surrogates, comments, trailing commas, a second
/// document, and numbers that it could not keep: integers beyond 64 bits and literals beyond the range of a double. Its time
/// is linear in the bytes, whatever they are.
package enum JSONReader {
    /// Reads one document. The error names the rule and the byte at which it was broken.
    package static func read(
        _ bytes: [UInt8], limits: JSONLimits = .standard
    ) throws(JSONReadingError) -> JSONValue {
        var parser = JSONParser(limits: limits)
        return try parser.readDocument(bytes.span)
    }

    /// The same for text that is already a string, such as a claim in a configuration value.
    package static func read(
        _ text: String, limits: JSONLimits = .standard
    ) throws(JSONReadingError) -> JSONValue {
        try read(Array(text.utf8), limits: limits)
    }
}
