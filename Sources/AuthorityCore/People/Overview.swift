import AuthorityPorts
package import CanonicalEncoding
package import DomainModel

/// Everything that is registered, for the inventory's pages.
package struct Inventory: Sendable {
    package let agents: [Agent]
    package let persons: [Person]
    package let passkeyCounts: [PersonID: Int]
    package let memberships: [Membership]
    package let tools: [RegisteredTool]
    package let providers: [FactProvider]
    package let freezes: [Freeze]
    package let policy: PolicyVersion?
    package let changes: [ChangeProposal]
}

extension Inventory {
    init(_ reader: any StoreReader) throws {
        agents = try reader.agents()
        persons = try reader.persons()
        passkeyCounts = try Dictionary(
            uniqueKeysWithValues: persons.map { person in
                (person.id, try reader.passkeys(of: person.id).count { $0.disabledAt == nil })
            })
        memberships = try reader.memberships()
        tools = try reader.tools()
        providers = try reader.factProviders()
        freezes = try reader.freezes()
        policy = try reader.policyInForce()
        changes = try reader.changes(status: nil, limit: 100)
    }
}

/// The inventory, for pages and for the host's operator.
package struct ReadInventory: Sendable {
    let authority: Authority

    package init(_ authority: Authority) {
        self.authority = authority
    }

    /// For whoever signed in: accountability needs that everybody can see who can do what.
    package func run(_ viewer: Viewer) async throws(AuthorityError) -> Inventory {
        try await authority.read { try Inventory($0) }
    }

    /// For the operator of the host, who could read the store's file as well.
    package func runForOperator() async throws(AuthorityError) -> Inventory {
        try await authority.read { try Inventory($0) }
    }
}

/// Figures for the overview page.
package struct Overview: Sendable {
    /// The statistics count what was asked for from here on.
    package let since: Timestamp
    package let statistics: RequestStatistics
    package let pending: Int
    package let executing: Int
    package let reviewsOpen: Int
    package let oldestPending: Timestamp?
    package let frozen: [Freeze]
    /// Of the last week.
    package var policyErrors: [PolicyErrorSighting] = []
}

/// The figures of the overview page.
package struct ReadOverview: Sendable {
    static let days: Int64 = 14
    private static let dayMilliseconds: Int64 = 86_400_000

    let authority: Authority

    package init(_ authority: Authority) {
        self.authority = authority
    }

    /// Today and the days before it, from midnight UTC on: so every day of the picture is counted whole.
    ///
    /// Counted over everybody's requests, not over those that the viewer sees: figures and names of the registry, which
    /// everybody may read, and no request.
    package func run(_ viewer: Viewer) async throws(AuthorityError) -> Overview {
        let now = authority.now
        let today = now.milliseconds / Self.dayMilliseconds * Self.dayMilliseconds
        let since = Timestamp(milliseconds: today - (Self.days - 1) * Self.dayMilliseconds)
        return try await authority.read { reader in
            let pending = try reader.pendingRequests()
            // A handle begins with its time: the smallest is the oldest.
            let oldest = pending.min { $0.text < $1.text }.flatMap { try? reader.request($0) }
            return Overview(
                since: since, statistics: try reader.statistics(since: since), pending: pending.count,
                executing: try reader.requests(RequestFilter(statuses: [.executing], limit: 1000)).count,
                reviewsOpen: try reader.reviews(limit: 1000).count,
                oldestPending: oldest?.submission.createdAt, frozen: try reader.freezes(),
                policyErrors: try reader.policyErrors(at: now))
        }
    }
}
