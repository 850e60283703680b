@testable import ApproverConsole
import CanonicalEncoding
import Testing

@Suite struct EscapingTests {
    @Test(arguments: [
        ("<script>", "&lt;script&gt;"), ("\"\u{338} onfocus=alert(1)", "&quot;\u{338} onfocus=alert(1)"),
        ("<\u{301}b>", "&lt;\u{301}b&gt;"), ("'\u{FE0F}", "&#39;\u{FE0F}"), ("&\u{200D}amp;", "&amp;\u{200D}amp;"),
        ("\r\n", "\r\n"), ("", ""),
    ])
    func `markup is escaped whatever combines with it`(text: String, escaped: String) {
        #expect(Text(HTMLText.escape(text)) == Text(escaped))
    }

    @Test func `templates escape by bytes, partials and blocks included`() throws {
        let hostile = "\"\u{338} onfocus=alert(1) '\u{338}<\u{338}b>"
        let item = QueueItemStandIn(href: hostile, tool: hostile)
        let page = ListStandIn(key: hostile, count: hostile, items: [item])
        let html = Pages(assets: try LinkedAssets(), origin: hostile)
            .html(page, Pages.Setting(template: "inbox", title: hostile, viewer: hostile))
        #expect(html.utf8.count > 1000)
        // Values of their own: the macro that expands an expectation stumbles over such quotation marks, too.
        let openQuotation: Text = "\"\u{338}"
        let openTag: Text = "<\u{338}"
        let escaped: Text = "&quot;\u{338} onfocus"
        #expect(!Text(html).contains(openQuotation))
        #expect(!Text(html).contains(openTag))
        #expect(Text(html).contains(escaped))
    }

    @Test func `no template inserts anything unescaped`() {
        let templates = LinkedAssets.linked.filter { Text($0.name).contains(".mustache") }
        #expect(templates.count > 10)
        for (name, bytes) in templates {
            let text = Text(String(decoding: bytes, as: UTF8.self))
            #expect(!text.contains("{{{") && !text.contains("{{&") && !text.contains("CONTENT_TYPE"), "\(name)")
        }
    }

    @Test func `no page carries inline script, inline style or a foreign address`() throws {
        for name in GoldenPages.names {
            let html = Text(try GoldenPages.html(name))
            #expect(!html.contains(" style=") && !html.contains("<style"), "\(name)")
            #expect(
                !html.contains("<script>") && !html.contains("onclick=\"") && !html.contains("src=\"http"), "\(name)")
            #expect(!html.contains("href=\"http") && !html.contains("href=\"javascript"), "\(name)")
        }
    }

    @Test func `what an agent writes stays text, and what is invisible becomes visible`() throws {
        let html = Text(try GoldenPages.html("request-hostile"))
        #expect(html.contains("&lt;script&gt;alert(1)&lt;/script&gt;"))
        #expect(html.contains("\\u{202E}"))
        #expect(html.contains("\\u{200B}"))
        for invisible in ["\u{202E}", "\u{202C}", "\u{200B}"] as [Text] { #expect(!html.contains(invisible)) }
        #expect(html.contains("Unverified. Nobody checked it"))
        #expect(html.contains("&lt;img src=x"))
    }
}

private struct QueueItemStandIn {
    let href: String
    let tool: String
}

private struct ListStandIn {
    let key: String
    let count: String
    let items: [QueueItemStandIn]
}

extension Text {
    /// By bytes.
    func contains(_ part: Text) -> Bool {
        let whole = Array(utf8)
        let sought = Array(part.utf8)
        guard let first = sought.first, whole.count >= sought.count else { return sought.isEmpty }
        var start = 0
        while let found = whole[start...].firstIndex(of: first), found + sought.count <= whole.count {
            if whole[found..<(found + sought.count)].elementsEqual(sought) { return true }
            start = found + 1
        }
        return false
    }
}
