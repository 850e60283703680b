import ApprovalPolicy
import AuthorityCore
import CanonicalEncoding
import DomainModel

/// The policy set in force, what would be found in it today, and the sets before it.
struct PolicyPage: Sendable {
    struct Standing: Sendable {
        let digest: String
        let at: Moment
        let by: String
        let href: String?
        let size: String
    }

    struct Problem: Sendable {
        let line: Int
        let tag: Tag
        let place: String
        let message: String
        let hint: String?
    }

    struct RuleRow: Sendable {
        let name: String
        let line: Int
        let reason: String
        let effect: String
        let tier: Tag
        let approvers: String
        let times: String
        let assurance: String
        let criteria: [String]
    }

    struct Earlier: Sendable {
        let title: String
        let by: String
        let at: Moment
        let diff: DiffModel
    }

    let standing: Standing?
    let notices: [Notice]
    let problems: [Problem]
    let count: String
    let rules: [RuleRow]
    let whatIf: WhatIfModel
    let source: [SourceLine]
    let versions: [Earlier]
    let tests: PolicyTests
    let errors: [PolicyErrorRow]
    let hasErrors: Bool
    /// Nil: whoever looks proposes nothing.
    let form: PolicyForm?

    init(_ policy: PolicyStanding, inventory: Inventory, viewer: Viewer, whatIf: WhatIfModel) {
        let names = PersonNames(inventory)
        let inForce = policy.loaded.first
        source = inForce.map { SourceLine.of($0.version.source) } ?? []
        standing = inForce.map { loaded in
            Standing(
                digest: loaded.version.digest.wire, at: Moment(loaded.version.loadedAt), by: names.author(of: loaded),
                href: loaded.change.map { "/changes/\($0.id)" },
                size: "\(loaded.version.source.utf8.count) bytes")
        }
        problems =
            policy.problems.map { Problem($0, Tag("mistake", .stop)) }
            + policy.warnings.map { Problem($0, Tag("doubtful", .care)) }
        notices = Self.notices(policy)
        count = Wording.count(policy.rules.count, "rule", "rules")
        rules = policy.rules.map(RuleRow.init)
        self.whatIf = whatIf
        versions = policy.loaded.indices.dropLast(policy.loaded.count > 1 ? 1 : 0).map { index in
            let loaded = policy.loaded[index]
            let before = policy.loaded.dropFirst(index + 1).first?.version.source ?? ""
            return Earlier(
                title: Wording.short(loaded.version.digest), by: names.author(of: loaded),
                at: Moment(loaded.version.loadedAt),
                diff: DiffModel(from: before, to: loaded.version.source, greatestMiddle: 500, atMost: 400))
        }
        tests = PolicyTests(policy.results)
        errors = policy.errors.map(PolicyErrorRow.init)
        hasErrors = !errors.isEmpty
        form = viewer.isAdministrator ? PolicyForm(inForce) : nil
    }

    private static func notices(_ policy: PolicyStanding) -> [Notice] {
        if policy.loaded.isEmpty {
            return [Notice("No policy set was ever loaded, so everything is denied.", .stop)]
        }
        var notices = PolicyErrorRow.notice(policy.errors, href: "#errors").map { [$0] } ?? []
        if !policy.problems.isEmpty || policy.results.contains(where: { !$0.passes }) {
            notices.append(Notice("This set could not be loaded today. It stays in force as it is.", .care))
        }
        return notices
    }
}

extension PolicyPage.Problem {
    fileprivate init(_ problem: PolicyProblem, _ tag: Tag) {
        line = problem.line
        self.tag = tag
        place = "\(problem.line):\(problem.column)"
        message = shown(Text(problem.message))
        hint = problem.hint.map { shown(Text($0)) }
    }
}

extension PolicyPage.RuleRow {
    init(_ rule: RuleSummary) {
        let requirement = rule.requirement
        name = shown(rule.name)
        line = rule.line
        reason = shown(rule.reason)
        effect = rule.isPermit ? "permit" : "forbid"
        tier =
            switch rule.tier {
            case .auto: Tag("at once")
            case .review: Tag("reviewed afterwards")
            case .approval: Tag("needs people", .care)
            case .hard: Tag("never", .stop)
            }
        approvers = requirement.map(RequirementWording.groups) ?? "–"
        times =
            requirement.map {
                "counts \(Moment.length(seconds: $0.voteSeconds)), waits \(Moment.length(seconds: $0.waitSeconds))"
            } ?? "–"
        assurance = requirement.map { RequirementWording.assurance($0.assurance) } ?? "–"
        criteria = requirement?.criteria.map(shown) ?? []
    }
}

/// What a requirement asks of people, in words.
enum RequirementWording {
    /// `dba (1) and release (2)`.
    static func groups(_ requirement: ApprovalRequirement) -> String {
        let owner = requirement.ownerMayApprove ? "; the owner may be one" : ""
        return Wording.list(requirement.groups.map { "\($0.name) (\($0.quorum))" }) + owner
    }

    static func assurance(_ level: Int64) -> String { level >= 2 ? "passkey bound to its device" : "any passkey" }
}

/// A line of a policy set as it is written, display-safe.
struct SourceLine: Sendable {
    let number: Int
    let text: String

    static func of(_ source: Text) -> [SourceLine] {
        LineDiff.split(source).enumerated().map { SourceLine(number: $0 + 1, text: shownLine($1)) }
    }
}

/// Who put a set in force.
private struct PersonNames {
    private let names: [PersonID: String]

    init(_ inventory: Inventory) {
        names = Dictionary(
            inventory.persons.map { ($0.id, shown($0.name)) }, uniquingKeysWith: { first, _ in first })
    }

    func author(of loaded: LoadedPolicy) -> String {
        guard let change = loaded.change else { return shown(loaded.version.loadedBy) }
        let people = change.confirmations.filter { $0.decision == .approve }.map {
            names[$0.person] ?? $0.person.description
        }
        return "proposed by \(shown(change.proposedBy)), confirmed by \(Wording.list(people))"
    }
}
