package import CanonicalEncoding

/// The URL of a request as DPoP compares it: RFC 9449 §4.3 check 9, with the syntax- and scheme-based normalisation of
/// RFC 3986 §6.2.2 and §6.2.3. Query and fragment are left out.
///
/// Works on bytes; what a careful client would not send (user information, backslashes, dot segments, anything but visible
/// ASCII) is refused, not repaired.
package struct ProofURL: Hashable, Sendable {
    /// `scheme://host[:port]/path`.
    package let normalised: Text

    /// Nil where the text is no plain `http` or `https` URL of at most 2048 bytes.
    package init?(_ text: Text) {
        let bytes = Array(text.utf8)
        guard bytes.count <= 2_048, bytes.allSatisfy({ (0x21...0x7E).contains($0) && $0 != UInt8(ascii: "\\") }),
            let colon = bytes.firstIndex(of: UInt8(ascii: ":"))
        else { return nil }
        let scheme = Self.lowercased(bytes[..<colon])
        guard scheme == Self.http || scheme == Self.https, bytes[colon...].starts(with: Array("://".utf8)) else {
            return nil
        }
        let rest = bytes[(colon + 3)...].prefix { $0 != UInt8(ascii: "?") && $0 != UInt8(ascii: "#") }
        let authority = rest.prefix { $0 != UInt8(ascii: "/") }
        guard let host = Self.host(authority, scheme: scheme), let path = Self.path(rest[authority.endIndex...]) else {
            return nil
        }
        normalised = Text(String(decoding: scheme + Array("://".utf8) + host + path, as: UTF8.self))
    }

    private static let http = Array("http".utf8)
    private static let https = Array("https".utf8)
}

extension ProofURL {
    private static func host(_ authority: ArraySlice<UInt8>, scheme: [UInt8]) -> [UInt8]? {
        var name = authority
        var port: ArraySlice<UInt8> = []
        // Inside brackets, colons belong to the address (RFC 3986 §3.2.2).
        let afterBracket = authority.lastIndex(of: UInt8(ascii: "]")) ?? authority.startIndex
        if let colon = authority[afterBracket...].firstIndex(of: UInt8(ascii: ":")) {
            name = authority[..<colon]
            port = authority[authority.index(after: colon)...]
        }
        guard !name.isEmpty, port.count <= 5, port.allSatisfy(isDigit), isHost(name) else { return nil }
        let number = port.reduce(0) { $0 * 10 + Int($1 - UInt8(ascii: "0")) }
        guard port.isEmpty || (1...65_535).contains(number) else { return nil }
        let standard = scheme == http ? 80 : 443
        let suffix = port.isEmpty || number == standard ? [] : Array(":\(number)".utf8)
        return lowercased(name) + suffix
    }

    private static func isHost(_ name: ArraySlice<UInt8>) -> Bool {
        if name.first == UInt8(ascii: "[") {
            return name.last == UInt8(ascii: "]") && name.count > 2
                && name.dropFirst().dropLast().allSatisfy { hexValue($0) != nil || ":.".utf8.contains($0) }
        }
        return name.allSatisfy { isUnreserved($0) && $0 != UInt8(ascii: "~") }
    }

    /// Percent-encodings in upper case, those of unreserved characters decoded; an empty path is `/`.
    private static func path(_ path: ArraySlice<UInt8>) -> [UInt8]? {
        var result: [UInt8] = []
        var rest = path
        while let byte = rest.popFirst() {
            guard byte == UInt8(ascii: "%") else {
                result.append(byte)
                continue
            }
            guard let high = rest.popFirst().flatMap(hexValue), let low = rest.popFirst().flatMap(hexValue) else {
                return nil
            }
            let decoded = high << 4 | low
            result += isUnreserved(decoded) ? [decoded] : [byte, hexDigits[Int(high)], hexDigits[Int(low)]]
        }
        let segments = result.split(separator: UInt8(ascii: "/"))
        guard !segments.contains([UInt8(ascii: ".")]), !segments.contains(ArraySlice("..".utf8)) else { return nil }
        return result.isEmpty ? [UInt8(ascii: "/")] : result
    }

    private static let hexDigits = Array("0123456789ABCDEF".utf8)

    private static func isDigit(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) }

    private static func isUnreserved(_ byte: UInt8) -> Bool {
        isDigit(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte) || "-._~".utf8.contains(byte)
    }

    private static func hexValue(_ byte: UInt8) -> UInt8? {
        switch byte {
        case 0x30...0x39: byte - 0x30
        case 0x41...0x46: byte - 0x41 + 10
        case 0x61...0x66: byte - 0x61 + 10
        default: nil
        }
    }

    private static func lowercased(_ bytes: ArraySlice<UInt8>) -> [UInt8] {
        bytes.map { (0x41...0x5A).contains($0) ? $0 | 0x20 : $0 }
    }
}
