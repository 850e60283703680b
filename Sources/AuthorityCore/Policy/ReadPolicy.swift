package import ApprovalPolicy
import AuthorityPorts
package import CanonicalEncoding
package import DomainModel

/// A set that was put in force, and the change that did it where it was one.
package struct LoadedPolicy: Sendable {
    package let version: PolicyVersion
    package let change: ChangeProposal?

    package init(version: PolicyVersion, change: ChangeProposal?) {
        self.version = version
        self.change = change
    }
}

/// Everything that the policy page shows beside the inventory.
package struct PolicyStanding: Sendable {
    /// The newest first; the first is in force. Empty: none was ever loaded, and everything is denied.
    package let loaded: [LoadedPolicy]
    /// Of the set in force, in the order of its text.
    package let rules: [RuleSummary]
    /// What would be found if the set in force were loaded today.
    package let problems: [PolicyProblem]
    package let warnings: [PolicyProblem]
    /// What it answers today to the scenarios that it was loaded with.
    package let results: [PolicyScenarios.Result]
    /// Requests of the last week that a broken rule denied.
    package let errors: [PolicyErrorSighting]
    /// Sets that are proposed, the newest first.
    package let proposals: [ChangeProposal]

    package init(
        loaded: [LoadedPolicy], rules: [RuleSummary], problems: [PolicyProblem], warnings: [PolicyProblem] = [],
        results: [PolicyScenarios.Result] = [], errors: [PolicyErrorSighting] = [], proposals: [ChangeProposal] = []
    ) {
        self.loaded = loaded
        self.rules = rules
        self.problems = problems
        self.warnings = warnings
        self.results = results
        self.errors = errors
        self.proposals = proposals
    }
}

/// The set in force, judged as it would be today, and those before it.
package struct ReadPolicy: Sendable {
    /// The set in force and seven before it.
    static let versions = 8
    let authority: Authority

    package init(_ authority: Authority) {
        self.authority = authority
    }

    /// For whoever signed in: everybody can see by what they and their agents are judged.
    package func run(_ viewer: Viewer) async throws(AuthorityError) -> PolicyStanding {
        let authority = authority
        let now = authority.now
        return try await authority.read { reader in
            let loaded = try reader.policies(limit: Self.versions).map { version in
                LoadedPolicy(version: version, change: try Self.change(of: version, reader: reader))
            }
            let set = try authority.policies.inForce(reader)
            let (problems, warnings) = try loaded.first.map { try reader.findings(in: $0.version.source) } ?? ([], [])
            let scenarios = try ChangeApplication.scenarios(loaded.first?.version.scenarios)
            return PolicyStanding(
                loaded: loaded, rules: set?.summaries ?? [], problems: problems, warnings: warnings,
                results: set.flatMap { set in scenarios?.results(of: set) } ?? [],
                errors: try reader.policyErrors(at: now),
                proposals: try reader.changes(status: .proposed, limit: 100).filter { proposal in
                    if case .loadPolicy = proposal.change { now < proposal.expiresAt } else { false }
                })
        }
    }

    /// The set that this change put in force and the one that it replaced; nil where it is not among the latest.
    package func replaced(
        by change: ChangeProposal, _ viewer: Viewer
    ) async throws(AuthorityError) -> (old: PolicyVersion?, new: PolicyVersion)? {
        try await authority.read { reader in
            let versions = try reader.policies(limit: 100)
            guard let index = versions.firstIndex(where: { $0.loadedBy == "change:\(change.id.text)" }) else {
                return nil
            }
            return (versions.dropFirst(index + 1).first, versions[index])
        }
    }

    private static func change(of version: PolicyVersion, reader: any StoreReader) throws -> ChangeProposal? {
        let prefix = Array("change:".utf8)
        guard version.loadedBy.utf8.starts(with: prefix),
            let id = Text(utf8: version.loadedBy.utf8.dropFirst(prefix.count)).flatMap(ChangeID.init)
        else { return nil }
        return try reader.change(id)
    }
}

/// What a text would be as a policy set, without proposing it.
package struct CheckedPolicy: Sendable {
    /// Nil: it could not be loaded, and `problems` and `results` say why.
    package let digest: Digest?
    package let problems: [PolicyProblem]
    package let warnings: [PolicyProblem]
    /// What it answers to the scenarios that would be kept with it; empty where it cannot be loaded. One that fails refuses it.
    package let results: [PolicyScenarios.Result]
    /// The set in force, which it would replace.
    package let inForce: PolicyVersion?
}

/// Judges a text as loading it would. It writes nothing.
package struct CheckPolicy: Sendable {
    let authority: Authority

    package init(_ authority: Authority) {
        self.authority = authority
    }

    /// Only administrators propose, so only they spend the server's time on a check.
    package func run(
        _ viewer: Viewer, source: Text, scenarios: JSONValue? = nil
    ) async throws(AuthorityError) -> CheckedPolicy {
        try viewer.requireAdministrator()
        try ChangeBounds.check(.loadPolicy(source: source, scenarios: scenarios))
        return try await authority.read { reader in
            let inForce = try reader.policyInForce()
            let check = PolicyCheck(source, against: try reader.policyRegistry())
            let results = try check.set.flatMap { set in
                try ChangeApplication.scenarios(scenarios)?.results(of: set)
            }
            return CheckedPolicy(
                digest: results?.allSatisfy(\.passes) == false ? nil : check.set?.digest, problems: check.problems,
                warnings: check.warnings, results: results ?? [], inForce: inForce)
        }
    }
}

extension StoreReader {
    /// Groups in which somebody could approve.
    func inhabitedGroups() throws -> Set<Text> {
        Set(
            try memberships().compactMap { membership -> Text? in
                if case .person = membership.member { membership.group.text } else { nil }
            })
    }

    /// Judged strictly: what was let pass while the installation was filled is a mistake from then on.
    fileprivate func findings(in source: Text) throws -> (problems: [PolicyProblem], warnings: [PolicyProblem]) {
        var registry = try policyRegistry()
        registry.unknownTools = .refused
        let check = PolicyCheck(source, against: registry)
        return (check.problems, check.warnings)
    }
}
