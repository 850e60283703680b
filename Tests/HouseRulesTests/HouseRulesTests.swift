import Testing

@Suite struct HouseRulesTests {
    @Test func `the sources are found`() {
        #expect(SourceFile.sources.count > 40)
        #expect(
            Set(SourceFile.sources.map(\.module)).isSuperset(of: ["CanonicalEncoding", "DomainModel", "AuthorityPorts"])
        )
    }

    /// Every violation in every source, by rule.
    private static let violations: [HouseRule: [Violation]] = Dictionary(
        uniqueKeysWithValues: HouseRule.allCases.map { rule in
            (rule, SourceFile.sources.flatMap { rule.violations(in: $0) })
        })

    @Test(arguments: HouseRule.allCases)
    func `each rule of the house holds`(rule: HouseRule) {
        let exceptions = Exception.all.filter { $0.rule == rule }
        let violations = Self.violations[rule] ?? []
        for violation in violations where !exceptions.contains(where: { $0.covers(violation) }) {
            Issue.record("\(rule.rawValue): \(violation)")
        }
    }

    @Test(arguments: HouseRule.allCases)
    func `an exception that nothing needs is gone`(rule: HouseRule) {
        let violations = Self.violations[rule] ?? []
        for exception in Exception.all where exception.rule == rule {
            #expect(
                violations.contains { exception.covers($0) },
                "\(rule.rawValue): Sources/\(exception.path) keeps the rule for \(exception.subject) now")
        }
    }

    @Test func `every exception says why`() {
        for exception in Exception.all {
            #expect(exception.reason.utf8.count > 20, "\(exception.path): \(exception.subject)")
        }
    }
}
