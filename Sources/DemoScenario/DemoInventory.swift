import CanonicalEncoding
import DomainModel
import SecretMaterial

/// What the demo registers before anybody enrols: the agent with an owner who cannot approve, its one tool, the facts about
/// the target, and the policy.
struct DemoInventory {
    static let approvers = GroupID("operators")
    static let owner = PersonID("demo-owner")
    static let agent = AgentID("orders-agent")
    static let tool = ToolReference(server: "orders-db", name: "sqlite3")

    var directory: DemoDirectory
    var now: Timestamp

    /// The agent's key is made here and lies in the agent's directory alone; the authority learns its public half.
    func changes(publicKey: PublicJWK) throws -> [Change] {
        guard let owner = Self.owner, let agent = Self.agent else {
            throw DemoFailure("The demo's names are no names.")
        }
        let target = Target(
            name: "orders", resource: ResourceReference(type: "Database", id: "prod/orders"), environment: "prod")
        return [
            .addPerson(.init(id: owner, name: "Owner of the orders agent", roles: [], groups: [])),
            .addAgent(
                .init(
                    id: agent, owner: owner, purpose: "Keeps the orders database tidy.", environment: "prod",
                    groups: [],
                    jwk: publicKey.json, endsAt: now.adding(seconds: 86_400))),
            .registerTool(
                RegisteredTool(
                    reference: Self.tool, kind: .command, title: "SQL on the orders database", targets: [target],
                    deadlineSeconds: (60, 600))),
            .registerProvider(
                FactProvider(name: "orders-count", kind: .sqliteCount, location: Text(directory.database))),
            .registerProvider(FactProvider(name: "files", kind: .fileDigest, location: Text(directory.target))),
            .loadPolicy(source: Text(DemoPolicy.source)),
        ]
    }
}

/// Why the demo cannot go on.
struct DemoFailure: Error, CustomStringConvertible {
    var description: String

    init(_ description: String) { self.description = description }
}
