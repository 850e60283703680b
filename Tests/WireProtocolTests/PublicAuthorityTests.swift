import CanonicalEncoding
import Testing
import WireProtocol

@Suite struct PublicAuthorityTests {
    @Test(arguments: [
        ("http://localhost:7421", "localhost:7421"), ("https://console.example", "console.example"),
        ("https://console.example", "Console.Example:443"), ("https://console.example:443", "console.example"),
        ("http://[::1]:7420", "[::1]:7420"), ("http://agents.example", "agents.example:80"),
    ])
    func `a plane is named by its host and port in any case`(url: String, authority: String) {
        #expect(PublicAuthority(url: Text(url)).isNamed(by: authority))
    }

    @Test(arguments: [
        nil, "", "localhost", "localhost:7420", "localhost:74210", "127.0.0.1:7421", "localhost:7421.",
        "x.localhost:7421",
        "localhost:7421@evil.example", " localhost:7421", "localhost:7421:443", "l\u{F6}calhost:7421",
        String(repeating: "a", count: 1 << 16),
    ])
    func `anything else names somebody else`(authority: String?) {
        #expect(!PublicAuthority(url: "http://localhost:7421").isNamed(by: authority))
        #expect(!PublicAuthority(url: "https://console.example").isNamed(by: authority))
    }

    @Test func `the usual port is that of the scheme`() {
        #expect(!PublicAuthority(url: "https://console.example").isNamed(by: "console.example:80"))
        #expect(!PublicAuthority(url: "http://console.example").isNamed(by: "console.example:443"))
    }
}
