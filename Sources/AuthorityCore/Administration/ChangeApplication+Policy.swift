import ApprovalPolicy
import AuthorityPorts
import CanonicalEncoding
import DomainModel
import Logging
import WireProtocol

/// Loading a policy set: it is checked against what is registered, its scenarios are asked, and only then it is swapped, whole.
extension ChangeApplication {
    /// How many problems of a set one answer names.
    private static let greatestProblems = 20

    /// The set, checked as it would be loaded now.
    func compiled(_ source: Text, _ scenarios: JSONValue?, reader: any StoreReader) throws -> PolicyCheck {
        let check = PolicyCheck(source, against: try reader.policyRegistry())
        guard let set = check.set else {
            throw Self.invalid(check.problems.map(\.description))
        }
        let failures = try Self.scenarios(scenarios)?.results(of: set).filter { !$0.passes } ?? []
        guard failures.isEmpty else { throw Self.invalid(failures.map(\.sentence)) }
        return check
    }

    func load(_ source: Text, _ scenarios: JSONValue?, in transaction: any StoreTransaction) throws {
        let check = try compiled(source, scenarios, reader: transaction)
        guard let set = check.set else { return }
        let before = try authority.policies.inForce(transaction)
        try transaction.setPolicy(
            PolicyVersion(digest: set.digest, source: source, loadedAt: now, loadedBy: by, scenarios: scenarios))
        var body: JSONObject = [
            "digest": "\(set.digest.wire)", "replaces": before.map { "\($0.digest.wire)" } ?? .null,
            "difference": .object(PolicyDifference(from: before, to: set).json),
        ]
        if let scenarios { body["scenarios"] = "\(Digest(domain: "countersign.policy-scenarios.v1", scenarios).wire)" }
        try log("policy.loaded", "policy", body, in: transaction)
        for warning in check.warnings.prefix(Self.greatestProblems) {
            authority.logger.warning("the policy set was loaded, but", metadata: ["warning": "\(warning)"])
        }
    }

    func register(_ tool: RegisteredTool, in transaction: any StoreTransaction) throws {
        try transaction.save(tool)
        var body: JSONObject = ["tool": tool.json]
        // The set in force stays: what does not fit denies where it forbids and permits nothing. But somebody has to know.
        if let version = try transaction.policyInForce() {
            let problems = PolicyCheck(version.source, against: try transaction.policyRegistry()).problems
            if !problems.isEmpty {
                body["policy_problems"] = .integer(Int64(problems.count))
                authority.logger.warning(
                    "the policy set in force could not be loaded with the tools as they are registered now",
                    metadata: ["problems": "\(problems.count)", "first": "\(problems[0])"])
            }
        }
        try log("tool.registered", "tool:\(tool.reference.qualifiedName)", body, in: transaction)
    }

    /// The document's scenarios; nil without one.
    static func scenarios(_ document: JSONValue?) throws(AuthorityError) -> PolicyScenarios? {
        guard let document else { return nil }
        do {
            return try PolicyScenarios(json: document)
        } catch {
            throw AuthorityError(
                .invalidValue, "`\(error.path)` of the scenarios cannot be read: \(error.code.rawValue).",
                hint: "docs/guides/writing-policy.md lists the members of a scenario.")
        }
    }

    private static func invalid(_ reasons: [String]) -> AuthorityError {
        let more = reasons.count - greatestProblems
        let named = reasons.prefix(greatestProblems).joined(separator: "; ") + (more > 0 ? "; and \(more) more" : "")
        return AuthorityError(
            .policyInvalid, "The policy set was not loaded: \(named).", hint: "The set in force stays as it is.")
    }
}

extension PolicyScenarios.Result {
    /// What a failing scenario expected, in one sentence without full stop.
    fileprivate var sentence: String {
        let differences = differences.map { "\($0.member) \($0.found) in place of \($0.expected)" }
        return "the scenario `\(scenario.name)` gets \(differences.joined(separator: ", "))"
    }
}

extension StoreReader {
    /// What a set that is loaded now is checked against. Before the first administrator has enrolled, an installation is
    /// filled in any order: a rule about a tool that nobody registered yet is let pass then, and said.
    func policyRegistry() throws -> PolicyRegistry {
        PolicyRegistry(
            tools: try tools(), providers: try factProviders(), groups: try inhabitedGroups(),
            unknownTools: try activeAdministrators().isEmpty ? .tolerated : .refused)
    }
}
