import ApprovalPolicy
import ArgumentParser
import CanonicalEncoding

struct ExplainRequest: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "explain", abstract: "Show which rules apply to a request, and why, clause by clause.",
        discussion: """
            The request is a document in YAML or JSON with the members of a scenario.

            Example:
              countersign policy explain policies/orders.cedar --request delete.yaml
            """)

    @Argument(help: ArgumentHelp("A file with a policy set.", valueName: "file"))
    var policy: String

    @Option(help: ArgumentHelp("The request; - is standard input.", valueName: "file"))
    var request: String

    @Flag(help: "Show rules for other principals, actions and resources too.")
    var all = false

    @Flag(help: "Print it as one JSON document.")
    var json = false

    func run() async throws {
        let set = try LoadedPolicies.read(policy)
        let document = try PolicyDocument.read(request)
        let facts: PolicyFacts
        do throws(MemberError) { facts = try PolicyFacts(json: document) } catch {
            throw PolicyFailureText.failure(error, in: request)
        }
        guard let explanation = set.explain(facts) else {
            throw CommandFailure(
                "The request cannot be said in the words of policy.", hint: "Its numbers have to be whole numbers.")
        }
        let report = ExplanationReport(
            answer: PolicyScenario.Answer(set.evaluate(facts)),
            entries: explanation.entries.filter { all || $0.standing != .elsewhere })
        if json {
            Terminal.result(report.json)
        } else {
            report.lines.forEach { Terminal.result($0) }
        }
    }
}
