import CedarLanguage
import Testing

@Suite struct LookAlikeTests {
    /// A condition or policy for `ValidationTests.schema`, and the kinds of its warnings.
    static let policies: [(String, [ValidationKind])] = [
        ("principal.name == \"paypal\"", []), ("principal.name == \"p\u{430}ypal\"", [.mixedScripts]),
        ("principal.name == \"раураl\"", [.mixedScripts]), ("principal.name == \"Привет, мир 1!\"", []),
        ("principal.name == \"żółć-Ærø e\u{301}\"", []), ("principal.name == \"東京タワーの漢字\"", []),
        ("principal.name == \"한국어 漢字\"", []), ("principal.name == \"カタ한국\"", [.mixedScripts]),
        ("principal.name == \"Ωmega\"", [.mixedScripts]), ("principal.name == \"€ 5 – 7 ½\"", []),
        ("principal.name like \"p\u{430}y*\"", [.mixedScripts]),
        ("principal.name == \"a\u{202E}b\"", [.bidirectionalText]),
        ("principal.name == \"a\\u{2066}b\"", [.bidirectionalText]),
        ("principal == User::\"\u{430}dmin\"", [.mixedScripts]),
        ("principal.rec has \"\u{430}b\"", [.mixedScripts, .impossiblePolicy]),
        ("{ \"\u{430}b\": 1 } == { \"\u{430}b\": 1 }", [.mixedScripts, .mixedScripts]),
        ("permit(principal == User::\"\u{430}dmin\", action, resource);", [.mixedScripts]),
    ]

    @Test(arguments: policies)
    func `what may not be what it looks like is a warning`(text: String, kinds: [ValidationKind]) throws {
        let report = try ValidationTests.report(text)
        #expect(report.errors == [])
        #expect(report.warnings.map(\.kind) == kinds)
    }

    @Test func `the warning points at the name`() throws {
        let warning = try #require(
            ValidationTests.report("permit(principal,\n action, resource in Doc::\"\u{430}d\");").warnings.first)
        #expect(warning.position.description == "2:22")
        #expect(warning.description.contains("several writing systems"))
    }
}
