import ApprovalPolicy
import CanonicalEncoding

/// What a proposed set does beside its lines: which rules come, go and change, and what it was tested with.
struct PolicyChangeRows {
    /// Scenarios by name; what is signed holds all of them.
    private static let greatestScenarios = 100

    let rows: [RowModel]

    init(from old: Text, to source: Text, _ scenarios: JSONValue?) {
        var rows: [RowModel] = []
        if let new = try? PolicySet(source: source, groups: nil) {
            let before = old.isEmpty ? nil : try? PolicySet(source: old, groups: nil)
            let difference = PolicyDifference(from: before, to: new)
            for (label, names) in [
                ("Rules added", difference.added), ("Rules removed", difference.removed),
                ("Rules changed", difference.changed),
            ] where !names.isEmpty {
                rows.append(RowModel(label, names.map(shown).joined(separator: ", ")))
            }
        }
        if let scenarios, let all = try? PolicyScenarios(json: scenarios).scenarios {
            rows.append(RowModel("Tested with", Wording.count(all.count, "scenario", "scenarios")))
            rows += all.prefix(Self.greatestScenarios).map {
                RowModel("Scenario", "\(shown($0.name)): \(shown($0.expected.outcome))")
            }
            let more = all.count - Self.greatestScenarios
            if more > 0 { rows.append(RowModel("Scenario", "\(more) more")) }
        }
        self.rows = rows
    }
}
