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
            ], rules: (try? PolicySet(source: source, groups: nil))?.summaries ?? [], problems: problems)
    }

    private static func version(_ source: Text, _ by: Text, _ seconds: Int64) -> PolicyVersion {
        PolicyVersion(
            digest: Digest(domain: "countersign.policy.v1", .string(source)), source: source,
            loadedAt: Samples.now.adding(seconds: seconds), loadedBy: by)
    }

    static let question = WhatIfQuestion(
        agent: "deploy-bot", tool: "orders-db___execute_sql", target: "", arguments: "{\"sql\": \"<DELETE>\"}")

    static var answer: WhatIfAnswer {
        WhatIfAnswer(
            tier: .approval,
            reasons: [PolicyReason(policy: "deletes-need-people", text: "Deletes need database owners")],
            requirement: Samples.requirement, endReason: nil, action: Samples.action())
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
                whatIf: WhatIfModel(Samples.inventory, question: question, outcome: .success(answer)))
        }
    }
}
