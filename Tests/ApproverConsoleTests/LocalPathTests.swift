@testable import ApproverConsole
import CanonicalEncoding
import Testing

@Suite struct LocalPathTests {
    @Test(arguments: ["/", "/requests/req_0abc", "/requests?show=open"] as [Text])
    func `a path of this console is kept`(path: Text) {
        #expect(LocalPath(path) != nil)
    }

    @Test(
        arguments: [
            "", "//evil.example", "/\\evil.example", "https://evil.example", "javascript:alert(1)", "/%2F/evil",
            "/a\r\nSet-Cookie: x",
            "/\"><script>", "relative", "/@evil", "/a#b",
        ] as [Text])
    func `anything that could lead elsewhere is dropped`(path: Text) {
        #expect(LocalPath(path) == nil)
    }
}
