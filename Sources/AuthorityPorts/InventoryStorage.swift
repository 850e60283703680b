package import CanonicalEncoding
package import DomainModel

/// Reads people, agents, tools, switches, policies and their changes.
package protocol InventoryReading {
    func agent(_ id: AgentID) throws -> Agent?
    /// By name.
    func agents() throws -> [Agent]
    func person(_ id: PersonID) throws -> Person?
    func persons() throws -> [Person]
    func passkey(credentialID: [UInt8]) throws -> Passkey?
    func passkeys(of person: PersonID) throws -> [Passkey]
    func memberships() throws -> [Membership]
    func memberships(of member: Membership.Member) throws -> [Membership]
    func tool(server: Text, name: Text) throws -> RegisteredTool?
    func tools() throws -> [RegisteredTool]
    func factProvider(_ name: Text) throws -> FactProvider?
    func factProviders() throws -> [FactProvider]
    /// By name.
    func upstreams() throws -> [UpstreamRegistration]
    func upstream(_ name: Text) throws -> UpstreamRegistration?
    /// The newest that is known of each tool of a server, by name.
    func discoveredTools(of server: Text) throws -> [DiscoveredTool]
    /// Everything that was ever seen of one tool, the newest first.
    func discoveries(server: Text, name: Text, limit: Int) throws -> [DiscoveredTool]
    func freezes() throws -> [Freeze]
    /// The policy set in force; nil: none was ever loaded, and everything is denied.
    func policyInForce() throws -> PolicyVersion?
    /// Its digest alone: cheap enough for every decision.
    func policyDigestInForce() throws -> Digest?
    func policy(_ digest: Digest) throws -> PolicyVersion?
    /// Every set that was put in force, the newest first; one that came back is there twice.
    func policies(limit: Int) throws -> [PolicyVersion]
    func change(_ id: ChangeID) throws -> ChangeProposal?
    /// Newest first.
    func changes(status: ChangeProposal.Status?, limit: Int) throws -> [ChangeProposal]
}

/// Writes the inventory. Names are never given twice and policies never lost.
package protocol InventoryWriting {
    /// Inserts or replaces by id: the whole record, keys included.
    func save(_ agent: Agent) throws
    func touch(agent: AgentID, at now: Timestamp) throws
    func save(_ person: Person) throws
    func save(_ passkey: Passkey) throws
    func add(_ membership: Membership) throws
    func remove(group: GroupID, member: Membership.Member) throws
    func save(_ tool: RegisteredTool) throws
    func save(_ provider: FactProvider) throws
    /// Inserts or replaces by the server's name.
    func save(_ registration: UpstreamRegistration) throws
    /// What was discovered of it stays.
    func removeUpstream(_ name: Text) throws
    /// Adds what is known now; what was known before is kept.
    func record(_ tool: DiscoveredTool) throws
    func save(_ freeze: Freeze) throws
    func removeFreeze(_ scope: Freeze.Scope) throws
    /// Puts a policy set in force; earlier ones are kept.
    func setPolicy(_ version: PolicyVersion) throws
    func insert(_ change: ChangeProposal) throws
    /// Writes status and confirmations if the stored number of confirmations is `expected` and the status `proposed`.
    func update(_ change: ChangeProposal, expectingConfirmations expected: Int) throws -> Bool
}
