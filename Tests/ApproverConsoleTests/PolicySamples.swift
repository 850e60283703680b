import ApprovalPolicy
@testable import ApproverConsole
@testable import AuthorityCore
import CanonicalEncoding
import DomainModel
import WireProtocol

/// What the policy page is made from in tests.
enum PolicySamples {
    static let older: Text = """
        @id("reads")
        permit (principal, action == Countersign::Action::"orders-db___query", resource);
        """

    static let source: Text = """
        @id("reads")
        permit (principal, action == Countersign::Action::"orders-db___query", resource);

        @id("looked-at") @tier("review") @reason("Somebody looks at it <afterwards>")
        permit (principal, action == Countersign::Action::"orders-db___execute_sql", resource);

        @id("deletes-need-people")
        @tier("approval") @approvers("dba,release") @quorum("2") @ttl("15m") @assurance("2") @expires("2h")
        @criteria("A backup of today exists") @reason("Deletes need database owners")
        forbid (principal, action == Countersign::Action::"orders-db___execute_sql", resource)
        unless {
          context has approval &&
          context.approval.hasTag("dba") && context.approval.getTag("dba") >= 2 &&
          context.approval.hasTag("release") && context.approval.getTag("release") >= 2
        };

        @id("never") // "</li><script>alert(1)</script>\u{202E}
        forbid (principal, action == Countersign::Action::"orders-db___drop", resource);
        """

    static var change: ChangeProposal {
        ChangeProposal(
            id: ChangeID(at: Samples.now, random: [UInt8](repeating: 3, count: 16)),
            change: .loadPolicy(source: source), proposedBy: "person:bob", createdAt: Samples.now.adding(seconds: -900),
            expiresAt: Samples.now.adding(seconds: 80_000), status: .applied,
            confirmations: Samples.groupChange.confirmations)
    }

    static func standing(groups: Set<Text>) -> PolicyStanding {
        let problems: [PolicyProblem]
        do {
            _ = try PolicySet(source: source, groups: groups)
            problems = []
        } catch {
            problems = error.problems
        }
        return PolicyStanding(
            loaded: [
                LoadedPolicy(version: version(source, "change:\(change.id.text)", 0), change: change),
                LoadedPolicy(version: version(older, "setup", -86_400), change: nil),
            ], rules: (try? PolicySet(source: source, groups: nil))?.summaries ?? [], problems: problems,
            warnings: doubtful,
            results: results, errors: [broken])
    }

    /// What is allowed and probably not meant.
    private static var doubtful: [PolicyProblem] {
        let tool = RegisteredTool(
            reference: ToolReference(server: "orders-db", name: "query"), kind: .generic, title: "Query", targets: [])
        let registry = PolicyRegistry(tools: [tool], providers: [], groups: nil)
        return PolicyCheck("permit (principal, action, resource) when { false };", against: registry).warnings
    }

    static let scenarios: JSONValue = [
        "scenarios": [
            [
                "name": "Reading <b>is</b> routine", "tool": ["server": "orders-db", "name": "query"],
                "outcome": "allow",
            ],
            [
                "name": "Deleting is not", "tool": ["server": "orders-db", "name": "execute_sql"],
                "outcome": "approval", "reasons": ["nobody"],
            ],
        ]
    ]

    private static var results: [PolicyScenarios.Result] {
        guard let set = try? PolicySet(source: source, groups: nil) else { return [] }
        return (try? PolicyScenarios(json: scenarios))?.results(of: set) ?? []
    }

    /// A request that a rule denied which could not be evaluated.
    static var broken: PolicyErrorSighting {
        PolicyErrorSighting(
            request: RequestID(at: Samples.now, random: [UInt8](repeating: 5, count: 16)), at: Samples.now,
            reasons: [PolicyReason(policy: "<never>", text: "This rule could not be evaluated at 19:3: <overflow>")])
    }

    private static func version(_ source: Text, _ by: Text, _ seconds: Int64) -> PolicyVersion {
        PolicyVersion(
            digest: Digest(domain: "countersign.policy.v1", .string(source)), source: source,
            loadedAt: Samples.now.adding(seconds: seconds), loadedBy: by, scenarios: seconds == 0 ? scenarios : nil)
    }

    static let question = WhatIfQuestion(
        agent: "deploy-bot", tool: "orders-db___execute_sql", target: "", arguments: "{\"sql\": \"<DELETE>\"}",
        change: change.id.text, time: "2026-11-21T08:00:00Z", approvedMinutes: "20")

    static var answer: WhatIfAnswer {
        WhatIfAnswer(
            tier: .approval,
            reasons: [PolicyReason(policy: "deletes-need-people", text: "Deletes need database owners")],
            requirement: Samples.requirement, endReason: nil, action: Samples.action(),
            approval: .lapsed(Samples.requirement))
    }

    static func page(_ name: String) -> PolicyPage {
        switch name {
        case "policy-none":
            PolicyPage(
                PolicyStanding(loaded: [], rules: [], problems: []), inventory: Samples.inventory,
                viewer: Samples.viewer, whatIf: WhatIfModel(Samples.inventory, question: nil, outcome: nil))
        case "policy-bystander":
            PolicyPage(
                standing(groups: ["dba"]), inventory: Samples.inventory, viewer: Samples.onlooker,
                whatIf: WhatIfModel(
                    Samples.inventory,
                    question: WhatIfQuestion(agent: "deploy-bot", tool: "x", target: "\"><b>", arguments: "["),
                    outcome: .failure(AuthorityError(.invalidValue, "The arguments are no JSON."))))
        default:
            PolicyPage(
                standing(groups: ["dba", "release"]), inventory: Samples.inventory, viewer: Samples.viewer,
                whatIf: WhatIfModel(Samples.inventory, [change], question: question, outcome: .success(answer)))
        }
    }
}
