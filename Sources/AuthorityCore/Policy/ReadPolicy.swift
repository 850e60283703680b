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

    package init(loaded: [LoadedPolicy], rules: [RuleSummary], problems: [PolicyProblem]) {
        self.loaded = loaded
        self.rules = rules
        self.problems = problems
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
        return try await authority.read { reader in
            let loaded = try reader.policies(limit: Self.versions).map { version in
                LoadedPolicy(version: version, change: try Self.change(of: version, reader: reader))
            }
            let problems = try loaded.first.map { try reader.problems(in: $0.version.source) } ?? []
            return PolicyStanding(
                loaded: loaded, rules: try authority.policies.inForce(reader)?.summaries ?? [], problems: problems)
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
    /// Nil: it could not be loaded, and `problems` say why.
    package let digest: Digest?
    package let problems: [PolicyProblem]
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
    package func run(_ viewer: Viewer, source: Text) async throws(AuthorityError) -> CheckedPolicy {
        try viewer.requireAdministrator()
        try ChangeBounds.check(.loadPolicy(source: source))
        return try await authority.read { reader in
            let inForce = try reader.policyInForce()
            do {
                let set = try PolicySet(source: source, groups: try reader.inhabitedGroups())
                return CheckedPolicy(digest: set.digest, problems: [], inForce: inForce)
            } catch let error as PolicyLoadError {
                return CheckedPolicy(digest: nil, problems: error.problems, inForce: inForce)
            }
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

    fileprivate func problems(in source: Text) throws -> [PolicyProblem] {
        let groups = try inhabitedGroups()
        do {
            _ = try PolicySet(source: source, groups: groups)
            return []
        } catch {
            return error.problems
        }
    }
}
