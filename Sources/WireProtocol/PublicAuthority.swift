package import CanonicalEncoding

/// The name and port under which the world knows one plane (RFC 3986, 3.2): what `Host`, or `:authority`, has to say.
///
/// It is configured. A call that names another host was meant for somebody else (RFC 9110, 15.5.20): a page of another site
/// whose name was pointed here, a connection that a client shares between names, a proxy that passes on too much.
package struct PublicAuthority: Hashable, Sendable {
    private let name: [UInt8]
    /// With its colon: what clients leave out.
    private let usualPort: [UInt8]

    /// - Parameter url: scheme, host and port, without a path.
    package init(url: Text) {
        let scheme = url.utf8.prefix { $0 != UInt8(ascii: ":") }
        usualPort = Array(scheme.elementsEqual("https".utf8) ? ":443".utf8 : ":80".utf8)
        name = Self.normal(Array(url.utf8.dropFirst(scheme.count + "://".utf8.count)), usualPort)
    }

    /// Whether a call's own words name this plane. Nil: it named nobody.
    package func isNamed(by authority: String?) -> Bool {
        guard let authority, authority.utf8.count <= 512 else { return false }
        return Self.normal(Array(authority.utf8), usualPort) == name
    }

    /// Case makes no difference in a host (RFC 9110, 4.2.3), nor does saying the usual port.
    private static func normal(_ authority: [UInt8], _ usualPort: [UInt8]) -> [UInt8] {
        let lower = authority.map { (0x41...0x5A).contains($0) ? $0 | 0x20 : $0 }
        return lower.suffix(usualPort.count).elementsEqual(usualPort) ? lower.dropLast(usualPort.count) : lower
    }
}
