package import CanonicalEncoding
import DomainModel

/// A question to policy with the answer that is expected: one test of a policy set.
package struct PolicyScenario: Sendable {
    /// What a test says about an outcome.
    package struct Answer: Hashable, Sendable {
        /// `allow`, `review`, `approval` or `deny`.
        package var outcome: Text
        /// `forbidden`, `noPermit`, `policyError`, `unsatisfiable`; nil where nothing was denied or nobody asked.
        package var denial: Text?
        /// The names of the rules, sorted; nil where nobody asked.
        package var reasons: [Text]?
        /// As a document; nil where people are not needed, or nobody asked.
        package var requirement: JSONObject?

        /// What policy answered.
        package init(_ found: PolicyOutcome) {
            switch found {
            case .denied(let kind, let reasons):
                outcome = "deny"
                denial = Text(kind.rawValue)
                self.reasons = reasons.map(\.policy).sorted()
            case .allowed(let tier, let reasons):
                outcome = tier == .review ? "review" : "allow"
                self.reasons = reasons.map(\.policy).sorted()
            case .needsApproval(let requirement, let reasons):
                outcome = "approval"
                self.reasons = reasons.map(\.policy).sorted()
                self.requirement = Self.document(requirement)
            }
        }

        /// What a document says; `outcome` has to be there.
        package init(_ reader: inout MemberReader) throws(MemberError) {
            outcome = try reader.parsed(reader.text("outcome"), "outcome") {
                ["allow", "review", "approval", "deny"].contains($0) ? $0 : nil
            }
            denial = try reader.optionalText("denial")
            if let denial, DenialKind(rawValue: denial.string) == nil { throw reader.error(.invalidValue, "denial") }
            reasons = try reader.optionalTexts("reasons")?.sorted()
            requirement = try reader.optionalObject("requirement")
        }

        private static func document(_ requirement: ApprovalRequirement) -> JSONObject {
            var groups = JSONObject()
            for group in requirement.groups { groups[group.name.text] = .integer(group.quorum) }
            return [
                "groups": .object(groups), "ttl_seconds": .integer(requirement.voteSeconds),
                "assurance": .integer(requirement.assurance),
                "criteria": .array(requirement.criteria.map { .string($0) }),
                "expires_seconds": .integer(requirement.waitSeconds), "self": .bool(requirement.ownerMayApprove),
            ]
        }
    }

    /// One line of the difference: what was expected and what was found.
    package struct Difference: Hashable, Sendable {
        package let member: Text
        package let expected: Text
        package let found: Text
    }

    package let name: Text
    package let facts: PolicyFacts
    package let expected: Answer

    /// The facts' members, and `name`, `outcome`, `denial`, `reasons`, `requirement`. Of the answer only what is written is
    /// compared, and `outcome` has to be.
    package init(json: JSONValue, path: Text = "") throws(MemberError) {
        var reader = try MemberReader(json, path: path)
        name = try reader.text("name")
        expected = try Answer(&reader)
        facts = try PolicyFacts(&reader)
        try reader.finish()
    }

    /// Empty when the set answers as expected.
    package func differences(from found: Answer) -> [Difference] {
        var pairs: [(Text, Text?, Text?)] = [
            ("outcome", expected.outcome, found.outcome), ("denial", expected.denial, found.denial),
            ("reasons", expected.reasons.map(Self.joined), found.reasons.map(Self.joined)),
        ]
        for member in expected.requirement?.members ?? [] {
            pairs.append(
                (
                    "requirement.\(member.name)", Text(CanonicalJSON.text(member.value)),
                    found.requirement?[member.name].map { Text(CanonicalJSON.text($0)) }
                ))
        }
        return pairs.compactMap { member, expected, found in
            guard let expected, expected != found else { return nil }
            return Difference(member: member, expected: expected, found: found ?? "nothing")
        }
    }

    private static func joined(_ names: [Text]) -> Text { Text(names.map(\.string).joined(separator: ", ")) }
}
