package import CanonicalEncoding

/// A document of scenarios, each with the document's defaults below it: the tests of a policy set.
package struct PolicyScenarios: Sendable {
    /// Of one document that is kept with a set: bytes as canonical JSON, and scenarios.
    package static let greatest = (bytes: 65_536, count: 500)

    package let scenarios: [PolicyScenario]

    /// `{"defaults": {…}, "scenarios": [{…}, …]}`; every scenario has a name.
    package init(json: JSONValue) throws(MemberError) {
        var reader = try MemberReader(json)
        let defaults = try reader.optionalObject("defaults") ?? [:]
        var scenarios: [PolicyScenario] = []
        for (index, item) in try reader.array("scenarios").enumerated() {
            let merged = Self.merge(item, over: .object(defaults))
            scenarios.append(try PolicyScenario(json: merged, path: "scenarios[\(index)]"))
        }
        try reader.finish()
        self.scenarios = scenarios
    }

    /// Objects member by member, everything else whole.
    private static func merge(_ value: JSONValue, over below: JSONValue) -> JSONValue {
        guard let upper = value.objectValue, var object = below.objectValue else { return value }
        for member in upper.members {
            object[member.name] = object[member.name].map { merge(member.value, over: $0) } ?? member.value
        }
        return .object(object)
    }

    /// What a set answers to each, in the order of the document.
    package func results(of set: PolicySet) -> [Result] {
        scenarios.map { scenario in
            let found = PolicyScenario.Answer(set.evaluate(scenario.facts))
            return Result(scenario: scenario, found: found, differences: scenario.differences(from: found))
        }
    }

    /// One scenario, asked.
    package struct Result: Sendable {
        package let scenario: PolicyScenario
        package let found: PolicyScenario.Answer
        /// Empty: as expected.
        package let differences: [PolicyScenario.Difference]

        package var passes: Bool { differences.isEmpty }
    }
}
