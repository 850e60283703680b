import ApprovalPolicy
import AuthorityCore
import CanonicalEncoding
import DomainModel
import Hummingbird
import WireProtocol

/// The policy page and the check that precedes a proposal.
extension ConsoleCall {
    func policyPage(_ viewer: Viewer) async throws(AuthorityError) -> Response {
        let inventory = try await ReadInventory(authority).run(viewer)
        let standing = try await ReadPolicy(authority).run(viewer)
        let question = question
        var outcome: Result<WhatIfAnswer, AuthorityError>?
        if let question {
            do {
                outcome = .success(try await AskWhatIf(authority).run(viewer, question))
            } catch {
                // What somebody wrote into the form is answered beside it; what could not be answered is an error.
                guard error.code.status < 500 else { throw error }
                outcome = .failure(error)
            }
        }
        let model = PolicyPage(
            standing, inventory: inventory, viewer: viewer,
            whatIf: WhatIfModel(inventory, standing.proposals, question: question, outcome: outcome))
        return page(model, setting("policy", "Policy", .policy, viewer))
    }

    func checkPolicy(_ viewer: Viewer) async throws(AuthorityError) -> Response {
        let (source, scenarios) = try await body(atMost: ConsoleBody.greatestPolicyBytes) {
            reader throws(MemberError) in
            (try reader.text("source"), reader.optional("scenarios"))
        }
        let checked = try await CheckPolicy(authority).run(viewer, source: source, scenarios: scenarios)
        return Response(json: ConsoleJSON.check(checked, source))
    }

    /// Nil where the form was not sent.
    private var question: WhatIfQuestion? {
        guard let agent = query("agent"), let tool = query("tool") else { return nil }
        return WhatIfQuestion(
            agent: agent, tool: tool, target: query("target") ?? "", arguments: query("arguments") ?? "",
            change: query("set") ?? "", time: query("time") ?? "", approvedMinutes: query("approved") ?? "")
    }
}

extension ConsoleJSON {
    /// `{digest?, in_force?, problems: [{line, column, message, hint?}], warnings: [the same], scenarios: [{name, passes,
    /// differences}], difference: {summary, lines: [{kind, mark, text}]}}`; texts are display-safe.
    static func check(_ checked: CheckedPolicy, _ source: Text) -> JSONObject {
        let difference = DiffModel(from: checked.inForce?.source ?? "", to: source)
        var object: JSONObject = [
            "problems": .array(checked.problems.map(finding)), "warnings": .array(checked.warnings.map(finding)),
            "scenarios": .array(
                checked.results.map { result in
                    let row = PolicyTests.Row(result)
                    return [
                        "name": .string(Text(row.name)), "passes": .bool(result.passes),
                        "differences": .array(row.differences.map { .string(Text($0)) }),
                    ]
                }),
            "difference": [
                "summary": .string(Text(difference.summary)),
                "lines": .array(
                    difference.lines.map {
                        [
                            "kind": .string(Text($0.kind)), "mark": .string(Text($0.mark)),
                            "text": .string(Text($0.text)),
                        ]
                    }),
            ],
        ]
        object["digest"] = checked.digest.map { .string(Text($0.wire)) }
        object["in_force"] = checked.inForce.map { .string(Text($0.digest.wire)) }
        return object
    }

    private static func finding(_ problem: PolicyProblem) -> JSONValue {
        var object: JSONObject = [
            "line": .integer(Int64(problem.line)), "column": .integer(Int64(problem.column)),
            "message": .string(Text(shown(Text(problem.message)))),
        ]
        object["hint"] = problem.hint.map { .string(Text(shown(Text($0)))) }
        return .object(object)
    }
}
