package import CanonicalEncoding
import Glibc
package import HTTPTypes
package import NIOCore

/// Under what name an address is counted by rate limits.
///
/// One IPv4 address, or the 64-bit prefix of an IPv6 one, because a single host has that many addresses to choose from.
/// Behind proxies it is the last address in `X-Forwarded-For` that is not one of theirs: whatever stands before it was sent
/// by whoever called, and from anybody else the field is not read at all.
package struct PeerNames: Sendable {
    private let proxies: Set<[UInt8]>

    /// - Parameter proxies: their addresses; none: no field is read.
    package init(proxies: [String]) {
        self.proxies = Set(proxies.compactMap(Self.octets))
    }

    package func name(_ address: SocketAddress?, _ fields: HTTPFields) -> Text {
        guard var peer = address?.ipAddress.flatMap(Self.octets) else { return "" }
        // Nobody has more proxies in a row than these.
        var forwarded = fields[values: .forwardedFor].flatMap { $0.utf8.split(separator: UInt8(ascii: ",")) }.suffix(16)
        while proxies.contains(peer), let last = forwarded.popLast() {
            let blank: Set<UInt8> = [0x20, 0x09]
            let word = String(decoding: last.filter { !blank.contains($0) }, as: UTF8.self)
            guard let next = Self.octets(word) else { break }
            peer = next
        }
        return Text(peer.count == 4 ? Hex.encode(peer) : "\(Hex.encode(peer.prefix(8)))/64")
    }

    /// 4 or 16 octets; an IPv4 address is the same one when IPv6 carries it. Nil: it is no IP address.
    package static func octets(_ text: String) -> [UInt8]? {
        guard text.utf8.count <= 45, !text.utf8.contains(0) else { return nil }
        var octets = [UInt8](repeating: 0, count: 16)
        if inet_pton(AF_INET, text, &octets) == 1 { return Array(octets.prefix(4)) }
        guard inet_pton(AF_INET6, text, &octets) == 1 else { return nil }
        let mapped = [UInt8](repeating: 0, count: 10) + [0xFF, 0xFF]
        return octets.starts(with: mapped) ? Array(octets.suffix(4)) : octets
    }
}

extension HTTPField.Name {
    /// A legal token, so that it is never nil.
    fileprivate static let forwardedFor = HTTPField.Name("X-Forwarded-For") ?? .connection
}
