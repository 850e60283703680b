import CanonicalEncoding
import HTTPTypes
import NIOCore
import ServerRuntime
import Testing

@Suite struct PeerNamesTests {
    private static func name(_ address: String, _ forwarded: [String] = [], proxies: [String] = []) throws -> Text {
        var fields = HTTPFields()
        for value in forwarded {
            fields.append(HTTPField(name: try #require(HTTPField.Name("X-Forwarded-For")), value: value))
        }
        return PeerNames(proxies: proxies).name(try SocketAddress(ipAddress: address, port: 9), fields)
    }

    @Test(arguments: [
        ("192.0.2.1", "c0000201"), ("::ffff:192.0.2.1", "c0000201"), ("2001:db8:1:2:3::4", "20010db800010002/64"),
        ("2001:db8:1:2:ffff::9", "20010db800010002/64"), ("2001:db8:1:3::4", "20010db800010003/64"),
    ])
    func `a host counts as one, whatever address of its network it takes`(address: String, name: String) throws {
        #expect(try Self.name(address) == Text(name))
    }

    @Test func `what a caller says of itself is not read unless a proxy says it`() throws {
        #expect(try Self.name("192.0.2.1", ["198.51.100.1"]) == "c0000201")
        #expect(try Self.name("192.0.2.1", ["198.51.100.1"], proxies: ["192.0.2.2"]) == "c0000201")
        #expect(try Self.name("192.0.2.1", ["198.51.100.1"], proxies: ["192.0.2.1"]) == "c6336401")
    }

    @Test func `behind proxies the last address that is not theirs counts`() throws {
        let proxies = ["192.0.2.1", "2001:0db8::0001"]
        #expect(
            try Self.name("192.0.2.1", ["9.9.9.9, 198.51.100.1", " 2001:db8::1"], proxies: proxies) == "c6336401")
        #expect(try Self.name("192.0.2.1", ["9.9.9.9", "198.51.100.1, nonsense"], proxies: proxies) == "c0000201")
        #expect(try Self.name("192.0.2.1", [], proxies: proxies) == "c0000201")
        let long = [String](repeating: "192.0.2.1", count: 10_000).joined(separator: ",")
        #expect(try Self.name("192.0.2.1", [long], proxies: proxies) == "c0000201")
    }
}
