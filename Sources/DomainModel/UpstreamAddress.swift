package import CanonicalEncoding

/// What may stand in the registration of a tool server.
package enum UpstreamAddress {
    /// An absolute path.
    static func isPath(_ path: Text) -> Bool {
        path.utf8.first == UInt8(ascii: "/") && path.utf8.count <= 1_024 && isPrintable(path)
    }

    /// `https`, or `http` on the loopback interface; no user, no fragment.
    package static func isURL(_ url: Text) -> Bool {
        guard url.utf8.count <= 2_048, url.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }), !url.utf8.contains(hash) else {
            return false
        }
        let bytes = Array(url.utf8)
        let isSecure = bytes.starts(with: "https://".utf8)
        guard isSecure || bytes.starts(with: "http://".utf8) else { return false }
        let authority = bytes.dropFirst(isSecure ? 8 : 7).prefix { $0 != UInt8(ascii: "/") && $0 != UInt8(ascii: "?") }
        guard !authority.isEmpty, !authority.contains(UInt8(ascii: "@")), !authority.contains(UInt8(ascii: "\\"))
        else { return false }
        return isSecure || loopback.contains { isHost($0, of: authority) }
    }

    private static let hash = UInt8(ascii: "#")
    private static let loopback = ["127.0.0.1", "[::1]", "localhost"]

    /// The host alone, or with a port.
    private static func isHost(_ host: String, of authority: ArraySlice<UInt8>) -> Bool {
        guard authority.starts(with: host.utf8) else { return false }
        let port = authority.dropFirst(host.utf8.count)
        guard let first = port.first else { return true }
        return first == UInt8(ascii: ":") && port.count > 1 && port.dropFirst().allSatisfy(isDigit)
    }

    /// A variable of an environment.
    static func isVariable(_ name: Text) -> Bool {
        guard let first = name.utf8.first, !isDigit(first), name.utf8.count <= 256 else { return false }
        return name.utf8.allSatisfy { isLetter($0) || isDigit($0) || $0 == UInt8(ascii: "_") }
    }

    /// A header that a registration may set: one that the transport does not need for itself.
    static func isHeader(_ name: Text) -> Bool {
        guard (1...256).contains(name.utf8.count),
            name.utf8.allSatisfy({ isLetter($0) || isDigit($0) || "-_".utf8.contains($0) })
        else { return false }
        let folded = name.string.lowercased()
        return !folded.utf8.starts(with: "mcp-".utf8) && !reserved.contains(folded)
    }

    private static let reserved: Set<String> = [
        "accept", "connection", "content-encoding", "content-length", "content-type", "host", "keep-alive",
        "last-event-id", "te", "trailer", "transfer-encoding", "upgrade",
    ]

    private static func isPrintable(_ text: Text) -> Bool { text.utf8.allSatisfy { $0 >= 0x20 && $0 != 0x7F } }
    private static func isDigit(_ byte: UInt8) -> Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) }

    private static func isLetter(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20)
    }
}
