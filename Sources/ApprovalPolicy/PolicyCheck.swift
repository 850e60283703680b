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
    /// What would be put in force; nil with problems.
    package private(set) var set: PolicySet?

    /// `groups` as for `PolicySet`; without a schema nothing is validated.
    package init(_ source: Text, groups: Set<Text>? = nil, schema: CedarSchema?, namespace: String = "Countersign") {
        self.init(source, groups: groups, namespace: namespace) { policies in schema.map { $0.validate(policies) } }
    }

    /// As a server checks a set before it loads it.
    package init(_ source: Text, against registry: PolicyRegistry, namespace: String = "Countersign") {
        self.init(source, groups: registry.groups, namespace: namespace) { policies in
            registry.schema(for: policies, namespace: namespace)?.validate(policies).judged(by: registry, policies)
        }
    }

    private init(
        _ source: Text, groups: Set<Text>?, namespace: String, validate: (CedarPolicySet) -> ValidationReport?
    ) {
        var loaded: PolicySet?
        do {
            loaded = try PolicySet(source: source, groups: groups, namespace: namespace)
        } catch {
            problems = error.problems
        }
        guard let policies = loaded?.policies ?? (try? CedarPolicySet(parsing: source.string)) else { return }
        count = policies.policies.count + policies.templates.count
        if let report = validate(policies) {
            problems = Self.sorted(problems + report.errors.map(Self.problem))
            warnings = Self.sorted(report.warnings.map(Self.problem))
        }
        if problems.isEmpty { set = loaded }
    }

    private static func problem(_ finding: ValidationFinding) -> PolicyProblem {
        PolicyProblem(
            line: finding.position.line, column: finding.position.column, message: finding.message, hint: finding.hint)
    }

    private static func sorted(_ problems: [PolicyProblem]) -> [PolicyProblem] {
        problems.sorted { ($0.line, $0.column) < ($1.line, $1.column) }
    }
}

extension ValidationReport {
    /// What the findings mean where the schema was made from a registry.
    fileprivate func judged(by registry: PolicyRegistry, _ policies: CedarPolicySet) -> ValidationReport {
        var (errors, warnings) = (self.errors, self.warnings)
        // Without tools there is no action that anything could apply to, and nothing is permitted either.
        if registry.tools.isEmpty { errors.removeAll { $0.kind == .noApplicableAction } }
        errors = errors.map { finding in
            guard finding.kind == .unknownAction else { return finding }
            return finding.saying(
                "nobody registered a tool for this action: \(finding.message)",
                finding.hint ?? "register the tool first, or take the rule out")
        }
        if registry.unknownTools == .tolerated {
            warnings += errors.filter { $0.kind == .unknownAction }
            errors.removeAll { $0.kind == .unknownAction }
        }
        warnings = warnings.map { finding in
            guard finding.kind == .impossiblePolicy, registry.hasOpenInput,
                policies.policy(finding.policy)?.reads.contains(where: { $0.context.contains("input") }) == true
            else { return finding }
            return finding.saying(
                "this policy can apply only to tools whose arguments are not known",
                "register them with --input-schema, so that what it reads is checked")
        }
        return ValidationReport(errors: errors, warnings: warnings)
    }
}
