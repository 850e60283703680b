import CanonicalEncoding
import DomainModel

/// Makes the one view of an action that everybody sees. Deterministic: the same subject gives the same bytes.
package enum Renderer {
    /// Consequences first, then the arguments, then what has to hold, then the agent's own words.
    package static func render(_ subject: RenderingSubject) -> Rendering {
        let leaves = leaves(of: subject.action, for: subject.tool.kind)
        var rows = consequences(subject, leaves)
        rows += rowsOfArguments(subject, leaves)
        rows += leaves.filter { $0.section == .preconditions }.map { row($0, label: preconditionLabel($0.leaf.path)) }
        rows += leaves.filter { $0.section == .expectations }.map { row($0, label: expectationLabel($0.leaf.path)) }
        rows += leaves.filter { $0.section == .limits }.map { row($0, label: "May run for this many seconds") }

        let total = rows.reduce(0) { $1.path == nil ? $0 : $0 + $1.value.utf8.count }
        let isTooLarge = total > RenderingLimits.totalBytes
        if isTooLarge { rows.insert(tooLarge(total), at: 0) }
        let isApprovable = !rows.contains { $0.warnings.contains(.uninspectable) }
        let changes = subject.superseded.map { Self.changes(from: $0, to: leaves.map(\.leaf), for: subject.tool.kind) }
        return Rendering(
            rows: rows, facts: facts(subject, differs: changes.map { !$0.isEmpty }), changes: changes ?? [],
            untrusted: UntrustedText.all(subject.context),
            marks: marks(subject.tool.traits, rows, isApprovable: isApprovable), isApprovable: isApprovable)
    }

    /// A leaf of the action with the section that its path puts it in.
    struct PlacedLeaf {
        var leaf: Leaf
        var section: RenderingRow.Section
    }

    /// Every leaf of the action's JSON once, part by part, so that nothing of the action can be left out: a member that this
    /// code does not know lands among the arguments.
    static func leaves(of action: Action, for kind: RegisteredTool.Kind) -> [PlacedLeaf] {
        guard let object = action.json.objectValue else { return [] }
        return object.members.sorted { $0.name < $1.name }.flatMap { member in
            let section: RenderingRow.Section =
                switch member.name {
                case "tool", "resource", "environment": .consequences
                case "preconditions": .preconditions
                case "expect": .expectations
                case "deadline_seconds": .limits
                default: .arguments
                }
            let path = ActionPath.appending(member: member.name, to: "")
            return ActionLeaves(member.value, at: path).leaves.map { leaf in
                PlacedLeaf(leaf: judgingSecret(leaf, for: kind), section: section)
            }
        }
    }

    /// A command's caller may keep an environment variable or an argument to itself, and it says so on the page. Anywhere else a
    /// value that nobody can read hides what would be approved (invariant S6).
    private static func judgingSecret(_ leaf: Leaf, for kind: RegisteredTool.Kind) -> Leaf {
        guard leaf.shown.kind == .secret else { return leaf }
        var leaf = leaf
        leaf.shown.warnings.append(.secret)
        if kind != .command || !SecretMark.mayStand(at: leaf.path) { leaf.shown.warnings.insert(.uninspectable, at: 0) }
        return leaf
    }

    static func row(
        _ placed: PlacedLeaf, label: Text, emphasis: RenderingRow.Emphasis = .plain
    ) -> RenderingRow {
        let warned: RenderingRow.Emphasis =
            placed.leaf.shown.warnings.contains(.uninspectable)
            ? .danger : placed.leaf.shown.warnings.isEmpty ? emphasis : .caution
        return RenderingRow(
            section: placed.section, label: label, at: placed.leaf.path, shown: placed.leaf.shown, emphasis: warned)
    }

    private static func tooLarge(_ total: Int) -> RenderingRow {
        var shown = ShownValue(
            Text("\(total) bytes of values; at most \(RenderingLimits.totalBytes) can be read and approved"))
        shown.warnings = [.uninspectable]
        return RenderingRow(section: .consequences, label: "Too large to be read", shown: shown, emphasis: .danger)
    }

    private static func marks(
        _ traits: RegisteredTool.Traits, _ rows: [RenderingRow], isApprovable: Bool
    ) -> [RiskMark] {
        // Those that everything may have by right: length and letters of another direction are no cause for suspicion.
        let ordinary: Set<Warning> = [.long, .folded, .rightToLeft, .uninspectable, .padding, .secret]
        var marks: [RiskMark] = []
        if traits.destructive { marks.append(.destructive) }
        if traits.openWorld { marks.append(.leavesTheOrganisation) }
        if !isApprovable { marks.append(.uninspectable) }
        if rows.contains(where: { !ordinary.isSuperset(of: $0.warnings) }) { marks.append(.suspiciousText) }
        if traits.readOnly { marks.append(.readOnly) }
        return marks
    }

    private static func preconditionLabel(_ path: Text) -> Text {
        switch ActionPath.steps(path)?.last {
        case .member("provider"): "Must still hold: read by"
        case .member("of"): "Must still hold: of"
        case .member("value"): "Must still hold: value"
        default: "Must still hold"
        }
    }

    private static func expectationLabel(_ path: Text) -> Text {
        switch ActionPath.steps(path)?.last {
        case .member("equals"): "Expected outcome: exactly"
        case .member("at_most"): "Expected outcome: at most"
        case .member("at_least"): "Expected outcome: at least"
        default: "Expected outcome"
        }
    }
}
