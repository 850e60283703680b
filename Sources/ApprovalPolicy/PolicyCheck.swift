package import CanonicalEncoding
package import CedarLanguage

/// Everything that can be said about a policy text before it is loaded: its syntax, its lint, and, where a schema is known,
/// what strict validation finds.
package struct PolicyCheck: Sendable {
    /// In the order of the text.
    package private(set) var problems: [PolicyProblem] = []
    /// What is allowed and probably not meant, in the order of the text.
    package private(set) var warnings: [PolicyProblem] = []
    /// How many policies there are; nil when the text does not parse.
    package private(set) var count: Int?

    /// `groups` as for `PolicySet`; without a schema nothing is validated.
    package init(_ source: Text, groups: Set<Text>? = nil, schema: CedarSchema?, namespace: String = "Countersign") {
        do {
            _ = try PolicySet(source: source, groups: groups, namespace: namespace)
        } catch {
            problems = error.problems
        }
        guard let policies = try? CedarPolicySet(parsing: source.string) else { return }
        count = policies.policies.count + policies.templates.count
        guard let schema else { return }
        let report = schema.validate(policies)
        problems = Self.sorted(problems + report.errors.map(Self.problem))
        warnings = Self.sorted(report.warnings.map(Self.problem))
    }

    private static func problem(_ finding: ValidationFinding) -> PolicyProblem {
        PolicyProblem(
            line: finding.position.line, column: finding.position.column, message: finding.message, hint: finding.hint)
    }

    private static func sorted(_ problems: [PolicyProblem]) -> [PolicyProblem] {
        problems.sorted { ($0.line, $0.column) < ($1.line, $1.column) }
    }
}
