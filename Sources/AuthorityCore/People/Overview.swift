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
    let authority: Authority

    package init(_ authority: Authority) {
        self.authority = authority
    }

    /// The last 14 days.
    package func run(_ viewer: Viewer) async throws(AuthorityError) -> Overview {
        let now = authority.now
        let since = now.adding(seconds: -14 * 86_400)
        return try await authority.read { reader in
            let pending = try reader.requests(RequestFilter(statuses: [.pending], limit: 1000))
            return Overview(
                statistics: try reader.statistics(since: since), pending: pending.count,
                executing: try reader.requests(RequestFilter(statuses: [.executing], limit: 1000)).count,
                reviewsOpen: try reader.reviews(limit: 1000).count,
                oldestPending: pending.map(\.submission.createdAt).min(), frozen: try reader.freezes(),
                policyErrors: try reader.policyErrors(at: now))
        }
    }
}
