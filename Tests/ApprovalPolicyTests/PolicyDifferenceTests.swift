import ApprovalPolicy
import CanonicalEncoding
import Testing

@Suite struct PolicyDifferenceTests {
    private func set(_ rules: (String, String)...) throws -> PolicySet {
        let text = rules.map { "@id(\"\($0.0)\") \($0.1) (principal, action, resource);\n" }.joined()
        return try PolicySet(source: Text(text), groups: nil)
    }

    @Test func `rules are added, removed and changed by their names`() throws {
        let difference = PolicyDifference(
            from: try set(("a", "permit"), ("b", "permit"), ("c", "permit")),
            to: try set(("d", "permit"), ("c", "forbid"), ("a", "permit")))
        #expect(difference.added == ["d"] && difference.removed == ["b"] && difference.changed == ["c"])
        #expect(difference.json["added"] == ["d"] && difference.json["digest"] == "\(difference.digest.wire)")
    }

    @Test func `the digest is of what differs, not of the order or of what stays`() throws {
        let first = PolicyDifference(from: nil, to: try set(("a", "permit"), ("b", "forbid")))
        #expect(first.digest == PolicyDifference(from: nil, to: try set(("b", "forbid"), ("a", "permit"))).digest)
        #expect(first.digest != PolicyDifference(from: nil, to: try set(("a", "forbid"), ("b", "forbid"))).digest)
        let old = try set(("a", "permit"), ("b", "permit"))
        let same = PolicyDifference(from: old, to: old)
        #expect(same.added + same.removed + same.changed == [] && same.digest != first.digest)
    }

    @Test func `names that do not fit are counted`() throws {
        let rules = (0..<600).map { "@id(\"a-rule-with-a-long-name-\($0)\") permit (principal, action, resource);\n" }
        let set = try PolicySet(source: Text(rules.joined()), groups: nil)
        let json = PolicyDifference(from: nil, to: set).json
        let kept = json["added"]?.arrayValue?.count ?? 0
        #expect(kept > 10 && json["added_left_out"]?.integerValue == Int64(600 - kept))
        #expect(CanonicalJSON.encode(.object(json)).count < 30_000)
    }
}
