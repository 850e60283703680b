import ApprovalPolicy
import ArgumentParser
import CanonicalEncoding
import CedarLanguage

struct CheckPolicies: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check", abstract: "Say everything that is wrong with a policy set.",
        discussion: """
            Parses and lints it as a server does when it loads it; with --schema or --tools it is validated strictly besides. \
            Ends with 1 when there is a problem; warnings are none.

            Example:
              countersign policy check --tools tools.jsonl policies/orders.cedar
            """)

    @Argument(help: ArgumentHelp("A file with a policy set; - is standard input.", valueName: "file"))
    var file: String

    @Option(help: ArgumentHelp("A Cedar schema to validate against.", valueName: "file"))
    var schema: String?

    @Option(help: ArgumentHelp("Tools to make the schema from: `countersign tool list --json`.", valueName: "file"))
    var tools: String?

    @Option(
        help: ArgumentHelp(
            "With --tools: providers that preconditions name: `countersign provider list --json`.", valueName: "file"))
    var providers: String?

    @Option(
        name: .customLong("group"),
        help: ArgumentHelp("A group that has members; repeat for all, and rules that ask others are refused."))
    var groups: [String] = []

    @Flag(help: "Print problems as JSON, one document a line.")
    var json = false

    func validate() throws {
        guard schema == nil || tools == nil else { throw ValidationError("--schema and --tools exclude each other.") }
        guard providers == nil || tools != nil else { throw ValidationError("--providers comes with --tools.") }
    }

    func run() async throws {
        let source = try InputFile(file).text()
        let check = try check(Text(source))
        let excerpt = SourceExcerpt(source, named: file)
        let found = check.problems.map { ($0, "error") } + check.warnings.map { ($0, "warning") }
        for (problem, severity) in found {
            if json {
                Terminal.result(excerpt.json(problem, Text(severity)))
            } else {
                Terminal.result(excerpt.text(problem, severity))
            }
        }
        if !json { summarise(check, isValidated: schema != nil || tools != nil) }
        guard check.problems.isEmpty else { throw ExitCode(ExitStatus.failed.rawValue) }
    }

    private func summarise(_ check: PolicyCheck, isValidated: Bool) {
        func counted(_ count: Int, _ noun: String) -> String { "\(count) \(noun)\(count == 1 ? "" : "s")" }
        let policies = check.count.map { $0 == 1 ? "1 policy, " : "\($0) policies, " } ?? ""
        Terminal.result(
            "\(Shown.text(file)): \(policies)\(counted(check.problems.count, "problem")), "
                + counted(check.warnings.count, "warning")
                + (isValidated ? "" : "; not validated (give --tools or --schema)"))
    }

    private func check(_ source: Text) throws(CommandFailure) -> PolicyCheck {
        let groups = groups.isEmpty ? nil : Set(groups.map { Text($0) })
        if let tools {
            let known = try ToolsFile(tools).tools
            let providers = try providers.map { file throws(CommandFailure) in try ProvidersFile(file).providers }
            return PolicyCheck(
                source, against: PolicyRegistry(tools: known, providers: providers ?? [], groups: groups))
        }
        guard let file = schema else { return PolicyCheck(source, groups: groups, schema: nil) }
        let text = try InputFile(file).text()
        do throws(CedarSchemaError) {
            return PolicyCheck(source, groups: groups, schema: try CedarSchema(cedar: text))
        } catch {
            throw CommandFailure(
                "\(file) is no schema: \(error.description).",
                hint: "`countersign policy schema` prints one that fits the registered tools.")
        }
    }
}
