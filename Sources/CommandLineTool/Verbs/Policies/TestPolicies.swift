import ApprovalPolicy
import ArgumentParser
import CanonicalEncoding

struct TestPolicies: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "test", abstract: "Ask a policy set what scenarios expect of it.",
        discussion: """
            A scenario file is YAML: `scenarios`, a list, and `defaults`, which every scenario begins with. Ends with 1 when \
            an answer differs.

            Example:
              countersign policy test --policy policies/orders.cedar policies/orders.tests.yaml
            """)

    @Argument(help: ArgumentHelp("Files with scenarios.", valueName: "file"))
    var files: [String]

    @Option(help: ArgumentHelp("The policy set that is asked.", valueName: "file"))
    var policy: String

    @Flag(help: "Print results as JSON, one document a line.")
    var json = false

    func run() async throws {
        let set = try LoadedPolicies.read(policy)
        var rows: [JSONValue] = []
        var failures: [(name: Text, differences: [PolicyScenario.Difference])] = []
        for file in files {
            for result in try ScenarioFile(file).scenarios.results(of: set) {
                if !result.passes { failures.append((result.scenario.name, result.differences)) }
                rows.append(Self.row(result))
            }
        }
        Listing(columns: ["RESULT", "OUTCOME", "RULES", "SCENARIO"]) { row in
            [row.cell("result"), row.cell("outcome"), row.cell("rules"), row.cell("name")]
        }.show(rows, asJSON: json)
        if !json { Self.report(failures, of: rows.count) }
        guard failures.isEmpty else { throw ExitCode(ExitStatus.failed.rawValue) }
    }

    private static func row(_ result: PolicyScenarios.Result) -> JSONValue {
        [
            "name": .string(result.scenario.name), "result": result.passes ? "pass" : "FAIL",
            "outcome": .string(result.found.outcome),
            "rules": .array((result.found.reasons ?? []).map { .string($0) }),
            "differences": .array(
                result.differences.map {
                    ["member": .string($0.member), "expected": .string($0.expected), "found": .string($0.found)]
                }),
        ]
    }

    private static func report(_ failures: [(name: Text, differences: [PolicyScenario.Difference])], of count: Int) {
        for failure in failures {
            Terminal.result("\n\(Shown.text(failure.name))")
            for difference in failure.differences {
                Terminal.result("  \(Shown.text(difference.member))")
                Terminal.result("  - \(Shown.text(difference.expected))")
                Terminal.result("  + \(Shown.text(difference.found))")
            }
        }
        Terminal.result("\n\(count - failures.count) passed, \(failures.count) failed")
    }
}
