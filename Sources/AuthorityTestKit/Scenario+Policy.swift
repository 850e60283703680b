package import CanonicalEncoding
import DomainModel

extension Scenario {
    /// What an approval rule for deletions asks.
    package struct Rule: Sendable {
        package var groups: [Text]
        package var quorum: Int
        package var ttl: Text
        package var expires: Text
        package var assurance: Int
        package var criteria: Text?
        package var isOwnerAllowed: Bool

        package init(
            groups: [Text] = ["operators"], quorum: Int = 1, ttl: Text = "15m", expires: Text = "1h",
            assurance: Int = 1, criteria: Text? = nil, isOwnerAllowed: Bool = false
        ) {
            self.groups = groups
            self.quorum = quorum
            self.ttl = ttl
            self.expires = expires
            self.assurance = assurance
            self.criteria = criteria
            self.isOwnerAllowed = isOwnerAllowed
        }

        /// A policy set in which this rule stands before deletions; everything else is as in `Scenario.policy`.
        package var policy: Text {
            let named = groups.map(\.string).joined(separator: ",")
            let tags = groups.map {
                "context.approval.hasTag(\"\($0)\") && context.approval.getTag(\"\($0)\") >= \(quorum)"
            }.joined(separator: " && ")
            let asked = criteria.map { "@criteria(\"\($0)\")" } ?? ""
            let owner = isOwnerAllowed ? "@self(\"owner\")" : ""
            return Text(
                """
                @id("all") permit (principal, action, resource);
                @id("delete-needs-people") @tier("approval") @approvers("\(named)") @quorum("\(quorum)") @ttl("\(ttl)")
                @expires("\(expires)") @assurance("\(assurance)") \(asked) \(owner) @reason("Deleting needs people")
                forbid (principal, action, resource) when { context.input has operation && context.input.operation == "delete" }
                unless { context has approval && \(tags) && context.approval.assurance >= \(assurance) };
                """)
        }
    }

    /// Puts another policy set in force, by the one administrator that there is.
    package func load(_ rule: Rule) async throws {
        try await approver.change(.loadPolicy(source: rule.policy))
        clock.advance(seconds: 1)
    }
}
