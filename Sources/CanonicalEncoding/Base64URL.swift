/// base64url without padding (RFC 4648, section 5; RFC 7515, appendix C).
package enum Base64URL {
    package static func encode(_ bytes: some Sequence<UInt8>) -> String {
        Base64Coder.url.encode(Array(bytes))
    }

    /// Nil for padding, white space, the characters of the other alphabet, and every spelling but the one that `encode` gives.
    package static func decode(_ text: String) -> [UInt8]? {
        decode(utf8: Array(text.utf8))
    }

    /// The same for bytes, as they stand in a token.
    package static func decode(utf8 text: some BidirectionalCollection<UInt8>) -> [UInt8]? {
        Base64Coder.url.decode(text)
    }
}

/// base64 with the standard alphabet and padding (RFC 4648, section 4).
package enum Base64 {
    package static func encode(_ bytes: some Sequence<UInt8>) -> String {
        Base64Coder.standard.encode(Array(bytes))
    }

    /// Nil for missing padding, line breaks, and every spelling but the one that `encode` gives.
    package static func decode(_ text: String) -> [UInt8]? {
        Base64Coder.standard.decode(Array(text.utf8))
    }
}
