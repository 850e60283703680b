import ActionTokens
import CanonicalEncoding
import Testing

@Suite struct ProofURLTests {
    @Test(arguments: [
        ("https://a.example", "https://a.example/"), ("https://a.example/", "https://a.example/"),
        ("HTTPS://A.Example:443/X?q#f", "https://a.example/X"), ("http://a.example:80/x", "http://a.example/x"),
        ("http://a.example:443/x", "http://a.example:443/x"), ("https://a.example:0443/x", "https://a.example/x"),
        ("https://a.example:/x", "https://a.example/x"), ("https://a.example?x=/..", "https://a.example/"),
        ("https://a.example/%7euser/%2f", "https://a.example/~user/%2F"),
        ("http://[::1]:7420/v1", "http://[::1]:7420/v1"), ("http://127.0.0.1:7420/v1", "http://127.0.0.1:7420/v1"),
    ])
    func `equivalent spellings become one`(from: Text, to: Text) {
        #expect(ProofURL(from)?.normalised == to)
    }

    @Test(arguments: [
        "", "a.example/x", "//a.example/x", "ftp://a.example/", "https:/a.example", "https://", "https:///x",
        "https://user@a.example/", "https://a.example:65536/", "https://a.example:0/", "https://a.example:x/",
        "https://a.example:000443/", "https://a.example\\@b.example/", "https://a.example/a/../b",
        "https://a.example/a/%2e%2E/b", "https://a.example/./b", "https://a.example/%", "https://a.example/%2",
        "https://a.example/%zz", "https://a.example/ b", "https://a.example/\u{e9}", "https://\u{2460}27.0.0.1/",
        "https://a.example\r\n/", "https://[::1/", "https://[]/", "https://[::1]x/", "https://a%2eexample/",
    ])
    func `what no careful client sends is no URL`(text: Text) {
        #expect(ProofURL(text) == nil)
    }
}
