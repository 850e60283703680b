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
    package var bytes: Int
    package var depth: Int
    package var stringBytes: Int

    package init(bytes: Int = 1_048_576, depth: Int = 64, stringBytes: Int = 65_536) {
        self.bytes = bytes
        self.depth = depth
        self.stringBytes = stringBytes
    }

    /// The limits of `authority.md`: 1 MiB, depth 64, 64 KiB for a name or string.
    package static let standard = JSONLimits()
}
