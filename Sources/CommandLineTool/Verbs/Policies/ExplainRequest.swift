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

    @Flag(help: "Print one JSON object.")
    var json = false

    func run() async throws {
        let set = try LoadedPolicies.read(policy)
        let document = try PolicyDocument.read(request)
        let facts: PolicyFacts
        do throws(MemberError) { facts = try PolicyFacts(json: document) } catch {
            throw PolicyFailureText.failure(error, in: request)
        }
        let answer = PolicyScenario.Answer(set.evaluate(facts))
        if !json { Self.show(answer) }
        guard let explanation = set.explain(facts) else {
            throw CommandFailure(
                "The request cannot be said in the words of policy.", hint: "Its numbers have to be whole numbers.")
        }
        let entries = explanation.entries.filter { all || $0.standing != .elsewhere }
        if json { Terminal.result(Self.json(answer, entries)) } else { entries.forEach(Self.show) }
    }

    private static func json(_ answer: PolicyScenario.Answer, _ entries: [PolicyExplanation.Entry]) -> JSONValue {
        var object: JSONObject = [
            "outcome": .string(answer.outcome), "reasons": .array((answer.reasons ?? []).map { .string($0) }),
            "rules": .array(entries.map(json)),
        ]
        object["denial"] = answer.denial.map { .string($0) }
        object["requirement"] = answer.requirement.map { .object($0) }
        return .object(object)
    }

    private static func json(_ entry: PolicyExplanation.Entry) -> JSONValue {
        let clauses = entry.clauses.map { clause in
            var object: JSONObject = ["line": .integer(Int64(clause.line)), "text": .string(clause.text)]
            object["holds"] = clause.holds.map { .bool($0) }
            object["error"] = clause.error.map { "\($0)" }
            return JSONValue.object(object)
        }
        return [
            "rule": "\(entry.name)", "tier": "\(entry.tier)", "line": .integer(Int64(entry.line)),
            "standing": "\(standing(entry))", "reason": "\(entry.reason)", "clauses": .array(clauses),
        ]
    }

    private static func show(_ answer: PolicyScenario.Answer) {
        let kind = answer.denial.map { " (\($0))" } ?? ""
        Terminal.result(
            "\(answer.outcome)\(kind): \((answer.reasons ?? []).map { Shown.text($0) }.joined(separator: ", "))")
        for member in answer.requirement?.members ?? [] {
            Terminal.result("  \(member.name): \(Shown.text(CanonicalJSON.text(member.value)))")
        }
    }

    private static func standing(_ entry: PolicyExplanation.Entry) -> String {
        switch entry.standing {
        case .fired: "applies"
        case .held: "does not apply"
        case .failed: "cannot be evaluated"
        case .elsewhere: "is about another \(entry.unmet.map(\.string).joined(separator: " and "))"
        }
    }

    private static func show(_ entry: PolicyExplanation.Entry) {
        Terminal.result("\n\(Shown.text(entry.name)) (\(entry.tier), line \(entry.line)) \(standing(entry))")
        Terminal.result("  \(Shown.text(entry.reason))")
        for clause in entry.clauses {
            let mark = clause.holds.map { $0 ? "holds" : "fails" } ?? "errs "
            Terminal.result("  \(mark)  line \(clause.line): \(Self.short(clause.text))")
            if let error = clause.error { Terminal.result("         \(Shown.text(error))") }
        }
    }

    /// White space as single spaces; cut, because the line's number is there to find the rest.
    private static func short(_ text: Text) -> String {
        let words = text.utf8.split { $0 == 0x20 || (0x09...0x0D).contains($0) }.map { String(Substring($0)) }
        let line = Shown.text(words.joined(separator: " ")).unicodeScalars
        guard line.count > 96 else { return String(line) }
        return String(String.UnicodeScalarView(line.prefix(95))) + "…"
    }
}
