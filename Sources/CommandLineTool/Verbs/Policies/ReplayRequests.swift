import ApprovalPolicy
import ArgumentParser
import CanonicalEncoding

struct ReplayRequests: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "replay", abstract: "Show what a changed policy set decides for recorded requests.",
        discussion: """
            The requests are JSON, one a line, with the members of a scenario's facts; `request` names one, `recorded` \
            (`outcome`, `reasons`) is what was answered. With --from another set answers instead. Prints what changes; ends \
            with 0 either way.

            Example:
              countersign policy replay new.cedar --from old.cedar --requests requests.jsonl
            """)

    @Argument(help: ArgumentHelp("The policy set that is asked.", valueName: "file"))
    var policy: String

    @Option(help: ArgumentHelp("Recorded requests; - is standard input.", valueName: "file"))
    var requests: String

    @Option(help: ArgumentHelp("The set to compare with, in place of what was recorded.", valueName: "file"))
    var from: String?

    @Flag(help: "Print changes as JSON, one document a line.")
    var json = false

    func run() async throws {
        let set = try LoadedPolicies.read(policy)
        var old: PolicySet?
        if let from { old = try LoadedPolicies.read(from) }
        let recorded = try RecordedRequest.read(requests)
        var changes: [JSONValue] = []
        for request in recorded {
            let before = old.map { PolicyScenario.Answer($0.evaluate(request.facts)) } ?? request.answer
            let after = PolicyScenario.Answer(set.evaluate(request.facts))
            guard let before else {
                throw CommandFailure(
                    "\(requests): \(request.name) has no `recorded` answer.", hint: "Give the old set with --from.")
            }
            let isSame =
                before.outcome == after.outcome && (before.reasons == nil || before.reasons == after.reasons)
                && (before.requirement == nil || before.requirement == after.requirement)
            if !isSame { changes.append(Self.change(request.name, before, after)) }
        }
        if json {
            changes.forEach { Terminal.result($0) }
        } else {
            Self.show(changes, of: recorded.count)
        }
    }

    private static func change(
        _ name: Text, _ before: PolicyScenario.Answer, _ after: PolicyScenario.Answer
    ) -> JSONValue {
        [
            "request": .string(name), "from": .string(before.outcome), "to": .string(after.outcome),
            "from_rules": .array((before.reasons ?? []).map { .string($0) }),
            "to_rules": .array((after.reasons ?? []).map { .string($0) }),
            "requirement": requirement(before, after),
        ]
    }

    /// What people are asked otherwise, member by member; empty where it is the same, or is not known of one side.
    private static func requirement(_ before: PolicyScenario.Answer, _ after: PolicyScenario.Answer) -> JSONValue {
        guard let old = before.requirement, let new = after.requirement else { return .object([:]) }
        var changes = JSONObject()
        for member in new.members where old[member.name] != member.value {
            changes[member.name] = ["from": old[member.name] ?? .null, "to": member.value]
        }
        return .object(changes)
    }

    private static func show(_ changes: [JSONValue], of count: Int) {
        if !changes.isEmpty {
            Listing(columns: ["REQUEST", "FROM", "TO", "RULES BEFORE", "RULES NOW"]) { change in
                ["request", "from", "to", "from_rules", "to_rules"].map { change.cell($0) }
            }.show(changes, asJSON: false)
            for change in changes {
                for member in change["requirement"]?.objectValue?.members ?? [] {
                    let (from, to) = (member.value["from"] ?? .null, member.value["to"] ?? .null)
                    Terminal.result(
                        Shown.text(
                            "\(change.cell("request")): \(member.name) \(CanonicalJSON.text(from)) becomes "
                                + CanonicalJSON.text(to)))
                }
            }
        }
        Terminal.result("\(changes.count) of \(count) requests would be answered otherwise")
    }
}
