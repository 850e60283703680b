@testable import ApproverConsole
import CanonicalEncoding
import Testing

@Suite struct LineDiffTests {
    @Test(
        arguments: [
            ("", "", ""), ("a", "a", " a"), ("", "a\nb", "+a|+b"), ("a\nb", "", "-a|-b"),
            ("a\nb\nc", "a\nx\nc", " a|-b|+x| c"), ("a\nb", "a\nb\nc", " a| b|+c"),
            ("e\u{301}", "\u{E9}", "-e\u{301}|+\u{E9}"),
        ] as [(Text, Text, Text)])
    func `a difference lists what stays, goes and comes`(old: Text, new: Text, expected: Text) {
        let marks: [LineDiff.Kind: String] = [.same: " ", .added: "+", .removed: "-"]
        let written = LineDiff(from: old, to: new).lines.map { (marks[$0.kind] ?? "?") + $0.text.string }
        #expect(Text(written.joined(separator: "|")) == expected)
    }

    @Test func `lines without a mark are the new text, and those that were there the old one`() {
        let old: Text = "one\ntwo\nthree\nfour\nfive"
        let new: Text = "zero\none\nthree\nfive\nsix"
        let lines = LineDiff(from: old, to: new).lines
        #expect(lines.filter { $0.kind != .removed }.map(\.text.string).joined(separator: "\n") == new.string)
        #expect(lines.filter { $0.kind != .added }.map(\.text.string).joined(separator: "\n") == old.string)
    }

    @Test func `beyond the limit everything in between is replaced`() {
        let old = Text((0..<2000).map { "old \($0)" }.joined(separator: "\n"))
        let new = Text((0..<2000).map { "new \($0)" }.joined(separator: "\n"))
        let diff = LineDiff(from: "head\n\(old)\ntail", to: "head\n\(new)\ntail")
        #expect(diff.removed == 2000)
        #expect(diff.added == 2000)
        #expect(diff.lines.first?.kind == .same)
    }

    @Test func `what stays is folded but for three lines around a change`() {
        let old = Text((0..<40).map { "line \($0)" }.joined(separator: "\n"))
        let new = Text((0..<40).map { $0 == 20 ? "changed" : "line \($0)" }.joined(separator: "\n"))
        let model = DiffModel(from: old, to: new)
        #expect(model.lines.count { $0.kind == "same" } == 6)
        #expect(model.lines.first?.text == "17 unchanged lines")
        #expect(model.summary == "1 line added, 1 line removed")
    }
}
