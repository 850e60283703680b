extension CedarSchema {
    /// Checks policies and templates against the schema.
    ///
    /// In strict mode a set without errors cannot err on requests and entities that conform to the schema, but for overflow,
    /// entities that do not exist, and limits.
    ///
    /// With a level, policies look at entities at most so many steps away from a request: the entities of the request itself are
    /// one step away, the entities that these name are two. Whoever loads what lies within these steps gets the same answers
    /// as with everything. At level 0 nothing is loaded. Actions are always there.
    public func validate(
        _ policies: CedarPolicySet, mode: ValidationMode = .strict, level: Int? = nil
    ) -> ValidationReport {
        var validator = PolicyValidator(resolved, mode: mode, level: level)
        var (errors, warnings): ([ValidationFinding], [ValidationFinding]) = ([], [])
        var lines = LineIndex(policies.source)
        for policy in policies.policies + policies.templates {
            let (problems, isImpossible) = validator.problems(of: policy)
            errors += problems.map { lines.finding($0, policy.id) }
            warnings += LookAlikes(policy).problems.map { lines.finding($0, policy.id) }
            if isImpossible {
                let problem = ValidationProblem(
                    kind: .impossiblePolicy, span: policy.span, message: "this policy can never apply",
                    hint: "a condition is false for every request that the schema allows")
                warnings.append(lines.finding(problem, policy.id))
            }
        }
        return ValidationReport(errors: errors, warnings: warnings)
    }
}

/// Finds lines and columns in a text without reading it from its start each time.
private struct LineIndex {
    private let bytes: String.UTF8View
    private let text: String
    private lazy var starts: [Int] = {
        var starts = [0]
        for (offset, byte) in bytes.enumerated() where byte == 0x0A { starts.append(offset + 1) }
        return starts
    }()

    init(_ text: String) {
        self.text = text
        bytes = text.utf8
    }

    mutating func finding(_ problem: ValidationProblem, _ policy: CedarString) -> ValidationFinding {
        ValidationFinding(
            policy: policy, kind: problem.kind, message: problem.message, hint: problem.hint, span: problem.span,
            position: position(problem.span.start))
    }

    private mutating func position(_ offset: Int) -> SourcePosition {
        var (low, high) = (0, starts.count)
        while low + 1 < high {
            let middle = (low + high) / 2
            if starts[middle] <= offset { low = middle } else { high = middle }
        }
        let start = bytes.index(bytes.startIndex, offsetBy: min(starts[low], bytes.count))
        let end = bytes.index(bytes.startIndex, offsetBy: min(offset, bytes.count))
        let column = bytes[start..<max(start, end)].count { $0 & 0xC0 != 0x80 } + 1
        return SourcePosition(line: low + 1, column: column, offset: offset)
    }
}
