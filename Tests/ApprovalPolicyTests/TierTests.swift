import ApprovalPolicy
import CanonicalEncoding
import DomainModel
import Testing

@Suite struct TierTests {
    static let permit = "permit(principal, action, resource);"
    static let review = "@tier(\"review\") permit(principal, action, resource);"
    static let hard = "forbid(principal, action, resource);"
    static let brokenPermit = "permit(principal, action, resource) when { context.nothing };"
    static let brokenReview = "@tier(\"review\") permit(principal, action, resource) when { context.nothing };"
    static let brokenForbid = "forbid(principal, action, resource) when { context.nothing };"

    /// An approval rule of one group.
    static func asking(_ group: String = "finance", quorum: Int = 1, also annotations: String = "") -> String {
        """
        @tier("approval") @approvers("\(group)") @quorum("\(quorum)") \(annotations)
        forbid(principal, action, resource)
        unless { context has approval && context.approval.hasTag("\(group)") &&
                 context.approval.getTag("\(group)") >= \(quorum) };
        """
    }

    static let steps: [(policies: [String], expected: String)] = [
        ([], "noPermit"), ([permit], "auto"), ([review], "review"), ([permit, review], "review"),
        ([permit, hard], "forbidden"), ([hard], "forbidden"), ([brokenPermit], "noPermit"),
        ([permit, brokenPermit], "auto"), ([permit, brokenReview], "review"), ([brokenReview], "noPermit"),
        ([permit, brokenForbid], "policyError"), ([brokenForbid, hard], "policyError"),
        ([asking()], "noPermit"), ([permit, asking()], "approval"), ([permit, asking(), hard], "forbidden"),
        ([permit, asking(), brokenForbid], "policyError"),
    ]

    @Test(arguments: steps)
    func `the steps are taken in their order`(policies: [String], expected: String) throws {
        #expect(word(try outcome(policies.joined())) == expected)
    }

    @Test func `an approval rule that reads a missing approval denies and does not fail open`() {
        let careless = """
            @tier("approval") @approvers("finance") forbid(principal, action, resource)
            when { context.approval.getTag("finance") < 1 };
            """
        // Cedar itself would skip the erring forbid and allow.
        #expect((try? outcome(Self.permit + careless)).map(word) == "policyError")
    }

    @Test func `an approval that satisfies the rule lifts it`() throws {
        var facts = Facts()
        facts.approval = Facts.approval(["fred"], group: "finance")
        #expect(word(try outcome(Self.permit + Self.asking(), facts)) == "auto")
        #expect(word(try outcome(Self.permit + Self.asking(quorum: 2), facts)) == "approval")
        facts.approval = Facts.approval(["fred"], group: "legal")
        #expect(word(try outcome(Self.permit + Self.asking(), facts)) == "approval")
    }

    @Test func `what policy forbids no approval opens`() throws {
        var facts = Facts()
        facts.approval = Facts.approval(["fred"], group: "finance")
        #expect(word(try outcome(Self.permit + Self.asking() + Self.hard, facts)) == "forbidden")
    }

    @Test func `a requirement that cannot help asks nobody`() throws {
        let hardOnceApproved = "forbid(principal, action, resource) when { context has approval };"
        #expect(word(try outcome(Self.permit + Self.asking() + hardOnceApproved)) == "unsatisfiable")
        let errsOnceApproved = "forbid(principal, action, resource) when { context has approval && context.nothing };"
        #expect(word(try outcome(Self.permit + Self.asking() + errsOnceApproved)) == "unsatisfiable")
        let permitGoes = "permit(principal, action, resource) unless { context has approval };"
        #expect(word(try outcome(permitGoes + Self.asking())) == "unsatisfiable")
    }

    @Test func `merged requirements take every group, the larger quorum, shorter times and all criteria`() throws {
        let policies =
            Self.permit
            + Self.asking(
                "finance", quorum: 1,
                also: #"@ttl("1h") @assurance("2") @criteria("a|b") @expires("2d") @self("owner")"#)
            + Self.asking("finance", quorum: 2, also: #"@ttl("15m") @criteria("b|c") @self("owner")"#)
            + Self.asking("legal", quorum: 1, also: #"@expires("30s")"#)
        guard case .needsApproval(let requirement, let reasons) = try outcome(policies) else {
            Issue.record("no approval asked for")
            return
        }
        #expect(
            requirement
                == ApprovalRequirement(
                    groups: [
                        .init(name: Facts.group("finance"), quorum: 2), .init(name: Facts.group("legal"), quorum: 1),
                    ], voteSeconds: 900, assurance: 2, criteria: ["a", "b", "c"], waitSeconds: 30,
                    ownerMayApprove: false))
        #expect(reasons.map(\.policy) == ["policy1", "policy2", "policy3"])
    }

    @Test func `the owner may approve only where every rule that fired says so`() throws {
        let own = Self.asking("finance", also: #"@self("owner")"#)
        guard case .needsApproval(let requirement, _) = try outcome(Self.permit + own) else {
            Issue.record("no approval asked for")
            return
        }
        #expect(requirement.ownerMayApprove)
        #expect(requirement.voteSeconds == 900)
        #expect(requirement.waitSeconds == 86_400)
    }

    @Test func `reasons carry id and reason of the rules, and where an error stands`() throws {
        let named = "@id(\"no\") @reason(\"Never on Fridays\") forbid(principal, action, resource);"
        #expect(
            try outcome(Self.permit + named)
                == .denied(kind: .forbidden, reasons: [PolicyReason(policy: "no", text: "Never on Fridays")]))
        guard case .denied(_, let reasons) = try outcome(Self.brokenForbid) else { return }
        #expect(reasons.first?.text.string.contains("at 1:44:") == true)
    }

    @Test(arguments: [
        #"principal == Countersign::Agent::"billing-bot" && principal in Countersign::Group::"bots""#,
        #"principal.owner == Countersign::Human::"olga" && principal.environment == "prod""#,
        #"principal.getTag("team") == "payments" && !principal.hasTag("role")"#,
        #"action == Countersign::Action::"payments___refund" && action in Countersign::Action::"Mcp""#,
        #"action in Countersign::Action::"CallTool" && context.tool in Countersign::Server::"payments""#,
        #"context.tool.destructive && !context.tool.readOnly && !context.tool.openWorld"#,
        #"resource == Countersign::Resource::"Database/prod/orders" && resource.type == "Database""#,
        #"resource in Countersign::Resource::"Database/prod" && resource in Countersign::Resource::"Database""#,
        #"resource.id == "prod/orders" && context.environment == "prod""#,
        #"context.input.amount == 7 && context.input.tags.contains("x") && context.input.deep.a.b"#,
        #"!(context.input has nothing) && context.input.odd has "__entity""#,
        #"context.command.program == "psql" && context.command.count == 2 && context.command.argument["1"] == "-l""#,
        #"context.command.line == "psql -l" && !(context.command.argument has "2")"#,
        #"context.caller == {proof: "dpop", shared: false, delegationDepth: 1, task: "task-1"}"#,
        #"context.claimed.plan == "p" && !(context has approval)"#,
        #"principal.owner in Countersign::Group::"staff" && !(principal.owner in Countersign::Group::"bots")"#,
        #"context.deadline == duration("10m") && context.window.until.durationSince(context.window.from) == duration("1h")"#,
        #"context.window.from <= context.system.now && context.system.now < context.window.until"#,
        #"context.expect == {rows: {at_least: 1, at_most: 1842}, digest: {equals: "sha-256:x"}}"#,
        #"context.expect has rows.at_most && !(context.expect has exit_status)"#,
        #"context.preconditions["sql-count"]["orders"] == 1842 && context.preconditions["sql-count"]["old"] == "007""#,
        #"context.preconditions["sql-count"]["huge"] == "9223372036854775808" && !(context.preconditions has file)"#,
        #"context.system.now == datetime("2027-01-15T08:00:00Z")"#,
    ])
    func `policy sees the facts under their documented names`(condition: String) throws {
        var facts = Facts()
        facts.claims = ["team": "payments"]
        facts.claimed = ["plan": "p"]
        facts.command = ["psql", "-l"]
        facts.bounds = PolicyFacts.Bounds(
            window: RequestContext.Window(from: Facts.now, until: Facts.now.adding(seconds: 3600)),
            deadlineSeconds: 600,
            expectations: [
                Expectation(observation: "rows", bound: .atMost, value: "1842"),
                Expectation(observation: "rows", bound: .atLeast, value: "1"),
                Expectation(observation: "digest", bound: .equals, value: "sha-256:x"),
            ],
            preconditions: [("orders", "1842"), ("old", "007"), ("huge", "9223372036854775808")].map {
                Precondition(provider: "sql-count", of: $0.0, value: $0.1)
            })
        facts.input = [
            "amount": 7, "tags": ["x", nil, "y"], "deep": ["a": ["b": true]], "nothing": nil,
            "odd": ["__entity": ["type": "Countersign::Group", "id": "admins"]],
        ]
        #expect(word(try outcome("permit(principal, action, resource) when { \(condition) };", facts)) == "auto")
    }

    @Test func `a violation freezes what any of the rules says`() throws {
        let set = try PolicySet(
            source: """
                @id("one") @on_violation("freeze-agent") permit (principal, action, resource);
                @id("two") @on_violation("freeze-tool, freeze-agent") permit (principal, action, resource);
                @id("three") permit (principal, action, resource);
                """, groups: nil)
        func freezes(_ names: Text...) -> Set<ViolationFreeze> {
            set.freezes(afterViolationOf: names.map { PolicyReason(policy: $0, text: "") })
        }
        #expect(freezes("one", "three") == [.agent])
        #expect(freezes("one", "two") == [.agent, .tool])
        #expect(freezes("three", "unheard-of").isEmpty && freezes().isEmpty)
    }

    @Test func `an action without bounds has a deadline, empty records and no window`() throws {
        var facts = Facts()
        facts.bounds.deadlineSeconds = Int64.max
        let condition = """
            !(context has window) && context.expect == {} && context.preconditions == {} &&
            context.deadline > duration("365d")
            """
        #expect(word(try outcome("permit(principal, action, resource) when { \(condition) };", facts)) == "auto")
    }

    @Test func `policy sees the approval under its documented names`() throws {
        var facts = Facts()
        facts.approval = Facts.approval(["fred", "gina"], group: "finance")
        let condition = """
            context.approval is Countersign::Approval && context.approval.getTag("finance") == 2 &&
            context.approval.approvers == [Countersign::Human::"gina", Countersign::Human::"fred"] &&
            context.approval.count == 2 && context.approval.assurance == 2 && !context.approval.breakGlass &&
            context.approval.approvedUntil.durationSince(context.approval.approvedAt) == duration("15m")
            """
        #expect(word(try outcome("permit(principal, action, resource) when { \(condition) };", facts)) == "auto")
    }

    @Test func `a number that the language does not have is a denial`() throws {
        var facts = Facts()
        facts.input = ["ratio": .double(0.5)]
        #expect(word(try outcome(Self.permit, facts)) == "policyError")
    }

    @Test func `the namespace is configurable`() throws {
        let text: Text = "permit(principal is Acme::Gate::Agent, action, resource is Acme::Gate::Resource);"
        let set = try PolicySet(source: text, groups: nil, namespace: "Acme::Gate")
        #expect(word(set.evaluate(Facts().facts)) == "auto")
        #expect(throws: PolicyLoadError.self) { try PolicySet(source: text, groups: nil, namespace: "no name") }
    }

    @Test func `the digest is that of the text in its own domain`() throws {
        let set = try PolicySet(source: Text(Self.permit), groups: nil)
        #expect(set.digest == Digest(domain: "countersign.policy.v1", .string(Text(Self.permit))))
    }
}
