import CanonicalEncoding
import CedarLanguage
import Foundation
import Testing

@Suite struct ConformanceTests {
    private static func differs(_ line: String) -> Bool {
        if case .differs = CedarConformance.verdict(Array(line.utf8)) { true } else { false }
    }

    private static let request =
        #""principal":{"type":"U","id":"a"},"action":{"type":"Action","id":"x"},"resource":{"type":"R","id":"r"}"#
    private static let est =
        #"{"staticPolicies":{"policy0":{"effect":"permit","principal":{"op":"All"},"action":{"op":"All"},"#
        + #""resource":{"op":"All"},"conditions":[]}},"templates":{},"templateLinks":[]}"#

    /// A record of each kind that agrees, and the word in it that makes it disagree when it is changed.
    static let records: [(line: String, word: String, other: String)] = [
        (#"{"kind":"expression","expr":"1 == 1","context":{},"expect":"Allow"}"#, "Allow", "Deny"),
        (#"{"kind":"expression","expr":"1 ==","context":{},"expect":"PARSE-ERR"}"#, "PARSE-ERR", "Allow"),
        (#"{"kind":"expression","expr":"1 + true == 1","context":{},"expect":"Deny error"}"#, "Deny error", "Deny"),
        (
            #"{"kind":"policy-form","policy":"permit(principal == ?principal, action, resource);","#
                + #""expect":{"parses":true,"template":true,"decision":"allow","reason":["L"],"errors":0}}"#, "\"L\"",
            "\"M\""
        ),
        (#"{"kind":"policy-form","policy":"permit(principal);","expect":{"parses":false}}"#, "false", "true"),
        (
            #"{"policies":"permit(principal, action, resource);","entities":[],"requests":[{"#
                + request + #","context":{},"decision":"allow","reason":["policy0"],"errors":[]}]}"#, "policy0",
            "policy1"
        ),
        (
            #"{"kind":"multi-policy","policies":"forbid(principal, action, resource) when { 1 };","entities":[],"requests":[{"#
                + request + #","context":{},"decision":"deny","reason":[],"errors":1}]}"#, "\"errors\":1",
            "\"errors\":0"
        ),
        (#"{"cedar":"permit(principal, action, resource);","est":"# + est + "}", "\"permit\"", "\"forbid\""),
    ]

    @Test(arguments: records)
    func `a record of each kind is told apart, and a changed one differs`(line: String, word: String, other: String) {
        #expect(!Self.differs(line))
        let changed = line.replacing(word, with: other)
        #expect(changed.utf8.count != line.utf8.count || !changed.utf8.elementsEqual(line.utf8))
        #expect(Self.differs(changed))
    }

    @Test func `what is no record differs`() {
        for line in ["", "1", "{}", #"{"kind":"other"}"#, #"{"est":{}}"#] { #expect(Self.differs(line)) }
    }

    @Test func `lines are counted and the first differences kept`() throws {
        let good = Self.records[0].line
        let bad = good.replacing("Allow", with: "Deny")
        var conformance = CedarConformance(shown: 1)
        try conformance.run(Array([good, "", bad, bad, good].joined(separator: "\n").utf8), named: "f")
        #expect(conformance.passed == 2)
        #expect(conformance.failed == 2)
        #expect(conformance.differences == ["f:3: 1 == 1: expected Deny, found Allow"])
    }

    /// What lies beside the tests is there in every clone.
    @Test(arguments: [("cases.jsonl", 90), ("forms.jsonl", 50), ("small.jsonl", 82)])
    func `every case of our own agrees`(name: String, count: Int) throws {
        let file = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Vectors/\(name)")
        var conformance = CedarConformance()
        try conformance.run([UInt8](Data(contentsOf: file)), named: name)
        #expect(conformance.differences.isEmpty)
        #expect(conformance.passed == count)
    }

    @Test(.enabled(if: RecordedCases.isPresent), arguments: ["est-sample.jsonl.gz", "gaps-sample.jsonl.gz"])
    func `everything recorded agrees`(name: String) throws {
        let file = URL(filePath: (RecordedCases.folder ?? "") + "/" + name)
        var conformance = CedarConformance()
        try conformance.run([UInt8](Data(contentsOf: file)), named: name)
        #expect(conformance.differences.isEmpty)
        #expect(conformance.passed > 0)
    }
}
