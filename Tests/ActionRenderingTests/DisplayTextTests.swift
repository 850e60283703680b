import ActionRendering
import CanonicalEncoding
import Testing

@Suite struct DisplayTextTests {
    @Test(
        arguments: [
            ("plain", "plain"), ("", ""), ("a b", "a b"), ("a  b", "a  b"), ("a   b", "a\\u{20×3}b"),
            (" a", "\\u{20}a"),
            ("a ", "a\\u{20}"), (" ", "\\u{20}"), ("  ", "\\u{20×2}"), ("a\\b", "a\\\\b"), ("a\nb", "a\\nb"),
            ("a\r\nb", "a\\r\\nb"), ("a\tb", "a\\tb"), ("\n\n\n\n\n", "\\u{A×5}"), ("\n\n\n\n", "\\n\\n\\n\\n"),
            ("\u{202E}", "\\u{202E}"), ("\u{200B}", "\\u{200B}"), ("\u{1B}[2J", "\\u{1B}[2J"),
            ("\u{E0041}", "\\u{E0041}"),
            ("\u{1D173}", "\\u{1D173}"), ("\u{1BCA0}", "\\u{1BCA0}"), ("\u{3164}", "\\u{3164}"),
            ("\u{2800}", "\\u{2800}"),
            ("\u{115F}\u{FFA0}", "\\u{115F}\\u{FFA0}"), ("\u{FE0F}\u{E0100}", "\\u{FE0F}\\u{E0100}"),
            ("\u{A0}", "\\u{A0}"),
            ("\u{E000}", "\\u{E000}"), ("\u{10FFFF}", "\\u{10FFFF}"), ("\u{2028}", "\\u{2028}"),
            ("\u{301}", "\\u{301}"),
            ("e\u{301}", "e\u{301}"), (" \u{301}", "\\u{20}\\u{301}"), ("1\u{301}", "1\\u{301}"),
            ("a\u{338}\u{301}", "a\\u{338}\\u{301}"),
            ("a\u{301}\u{302}\u{303}\u{304}\u{305}", "a\u{301}\u{302}\u{303}\u{304}\\u{305}"), ("日本 é ß", "日本 é ß"),
            ("\\u{20×5}", "\\\\u{20×5}"),
        ] as [(Text, Text)])
    func `each text has one shown form`(text: Text, shown: Text) {
        #expect(DisplayText.escaped(text).0 == shown)
        #expect(DisplayText.unescaped(shown) == text)
    }

    @Test(
        arguments: [
            ("safe", []), ("a\u{202E}b", [.bidi]), ("a\u{2066}b", [.bidi]), ("\u{61C}", [.bidi]),
            ("\u{200B}", [.invisible]),
            ("\u{AD}", [.invisible]), ("\u{3000}", [.invisible]), ("\u{0}", [.control]), ("\u{2028}", [.control]),
            ("\u{E000}", [.unassigned]), ("\u{378}", [.unassigned]), ("p\u{430}ypal", [.mixedScripts]),
            ("\u{3BF}k\u{430}", [.mixedScripts]), ("\u{441}\u{43E}\u{440}", [.lookAlike]), ("мир", []),
            ("привет world", []),
            ("µs", []), ("\u{FF41}", [.lookAlike]), ("\u{1D41A}", [.lookAlike]), ("\u{2013}rf", [.lookAlike]),
            ("a\u{2215}b", [.lookAlike]),
            ("\u{37E}", [.lookAlike]), ("\u{212A}", [.lookAlike, .decomposed]), ("cafe\u{301}", [.decomposed]),
            ("café", []),
            ("नमस्ते", []), ("ที่นี่", []), ("a\u{20DD}", [.combiningOverload]), ("\u{301}", [.combiningOverload]),
            ("a   b", [.padding]),
            ("\n\n\n\n\n", [.padding]), ("a\nb\tc", []), ("שלום", [.rightToLeft]),
        ] as [(Text, [Warning])])
    func `a reader is warned of what a text hides`(text: Text, warnings: [Warning]) {
        #expect(DisplayText.escaped(text).1.filter { $0 != .uninspectable } == warnings)
    }

    @Test func `every scalar alone reads back, and only the allow-list stands for itself`() {
        var bare = 0
        for value: UInt32 in 0...0x10FFFF {
            guard let scalar = Unicode.Scalar(value) else { continue }
            let shown = DisplayText.escaped(Text(String(scalar))).0
            if shown.utf8.elementsEqual(String(scalar).utf8) {
                bare += 1
                if value > 0x7F, !Self.mayStandForItself(scalar) { Issue.record("U+\(String(value, radix: 16))") }
            } else if value > 0x20, value != 0x5C {
                let escape = "\\u{\(String(value, radix: 16, uppercase: true))}"
                if !shown.utf8.elementsEqual(escape.utf8) { Issue.record("U+\(escape) is \(shown)") }
            }
        }
        #expect(bare > 100_000, "letters of the world's scripts are readable")
    }

    /// The rule once more, said the other way round.
    static func mayStandForItself(_ scalar: Unicode.Scalar) -> Bool {
        let properties = scalar.properties
        switch properties.generalCategory {
        case .control, .format, .surrogate, .privateUse, .unassigned, .lineSeparator, .paragraphSeparator,
            .spaceSeparator,
            .nonspacingMark, .spacingMark, .enclosingMark:
            return false
        default:
            return !properties.isDefaultIgnorableCodePoint && !properties.isBidiControl
                && !properties.isNoncharacterCodePoint && scalar != "\u{2800}"
        }
    }

    @Test func `random texts read back exactly, and the shown form has no hidden character`() {
        var documents = RandomDocuments(random: SplitMix(state: 1))
        for _ in 0..<10_000 {
            let text = documents.text()
            let shown = DisplayText.escaped(text).0
            if DisplayText.unescaped(shown) != text { Issue.record("\(shown)") }
            let isVisible = shown.string.unicodeScalars.allSatisfy { scalar in
                scalar.value >= 0x80
                    ? scalar.value >= 0xA1 && !scalar.properties.isDefaultIgnorableCodePoint
                        && !scalar.properties.isBidiControl : scalar.value >= 0x20 && scalar.value != 0x7F
            }
            if !isVisible { Issue.record("\(shown)") }
            let lines = DisplayText.lines(of: shown)
            if Text(lines.map(\.string).joined()) != shown { Issue.record("\(lines)") }
        }
    }

    @Test(
        arguments: [
            "\\", "\\x", "\\u", "\\u{", "\\u{}", "\\u{41}", "\\u{200b}", "\\u{0200B}", "\\u{D800}", "\\u{110000}",
            "\\u{20×3",
            "\\u{20×0}", "\\u{20×01}", "\\u{20×1}", "\\u{41×9}", "\\u{200B×4}", "\\u{20×99999999}", "a   b", " a", "a ",
            "\u{202E}",
            "a\nb", "\\u{A}", "\\u{9}", "a\\u{20}b", "\u{301}", "a\u{200B}",
            "\\u{200B}\\u{200B}\\u{200B}\\u{200B}\\u{200B}",
            "\\u{20×9999999}\\u{20×9999999}", "\\u{0FFFFFFF}",
        ] as [Text])
    func `what escaping does not write is not read`(shown: Text) {
        #expect(DisplayText.unescaped(shown) == nil)
    }

    @Test func `lines end where the text's lines end`() {
        let shown = DisplayText.escaped("a\nb\\n\n").0
        #expect(DisplayText.lines(of: shown) == ["a\\n", "b\\\\n\\n"])
        #expect(DisplayText.lines(of: "") == [""])
    }
}
