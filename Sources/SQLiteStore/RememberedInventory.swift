import AuthorityPorts
import CanonicalEncoding
import DomainModel

/// What the writer's memory knows, for those who are in no transaction; there is nowhere to read the rest.
struct RememberedInventory: Sendable {
    let memory: InventoryMemory

    private static var unknown: StoreError { .unavailable("it is read in the transaction") }

    private func known<Value>(_ value: Value?) throws -> Value {
        guard let value else { throw Self.unknown }
        return value
    }
}

extension RememberedInventory: InventoryReading {
    func agent(_ id: AgentID) throws -> Agent? { try known(memory.agents[id]) }
    func person(_ id: PersonID) throws -> Person? { try known(memory.persons[id]) }
    func memberships(of member: Membership.Member) throws -> [Membership] { try known(memory.memberships[member]) }
    func tool(server: Text, name: Text) throws -> RegisteredTool? {
        try known(memory.tools[InventoryMemory.ToolKey(server: server, name: name)])
    }
    func freezes() throws -> [Freeze] { try known(memory.freezes) }
    func policyDigestInForce() throws -> Digest? { try known(memory.policyDigest) }

    func agents() throws -> [Agent] { throw Self.unknown }
    func persons() throws -> [Person] { throw Self.unknown }
    func passkey(credentialID: [UInt8]) throws -> Passkey? { throw Self.unknown }
    func passkeys(of person: PersonID) throws -> [Passkey] { throw Self.unknown }
    func memberships() throws -> [Membership] { throw Self.unknown }
    func tools() throws -> [RegisteredTool] { throw Self.unknown }
    func factProvider(_ name: Text) throws -> FactProvider? { throw Self.unknown }
    func factProviders() throws -> [FactProvider] { throw Self.unknown }
    func policyInForce() throws -> PolicyVersion? { throw Self.unknown }
    func policy(_ digest: Digest) throws -> PolicyVersion? { throw Self.unknown }
    func policies(limit: Int) throws -> [PolicyVersion] { throw Self.unknown }
    func change(_ id: ChangeID) throws -> ChangeProposal? { throw Self.unknown }
    func changes(status: ChangeProposal.Status?, limit: Int) throws -> [ChangeProposal] { throw Self.unknown }
}

extension RememberedInventory: StoreReader {
    func request(_ id: RequestID) throws -> ApprovalRequest? { throw Self.unknown }
    func requests(_ filter: RequestFilter) throws -> [ApprovalRequest] { throw Self.unknown }
    func pendingRequests() throws -> [RequestID] { throw Self.unknown }
    func pendingCount(of agent: AgentID) throws -> Int64 { throw Self.unknown }
    func votes(on request: RequestID) throws -> [Vote] { throw Self.unknown }
    func execution(_ id: ExecutionID) throws -> Execution? { throw Self.unknown }
    func execution(executor: AgentID, idempotencyKey: Text) throws -> (execution: Execution, bodyDigest: Digest)? {
        throw Self.unknown
    }
    func request(agent: AgentID, idempotencyKey: Text) throws -> (request: RequestID, bodyDigest: Digest)? {
        throw Self.unknown
    }
    func requestsDue(at now: Timestamp, limit: Int) throws -> [RequestID] { throw Self.unknown }
    func executionsDue(at now: Timestamp, limit: Int) throws -> [ExecutionID] { throw Self.unknown }
    func requestsOfEarlierEpochs(limit: Int) throws -> [RequestID] { throw Self.unknown }
    func reviews(limit: Int) throws -> [Review] { throw Self.unknown }
    func statistics(since: Timestamp) throws -> RequestStatistics { throw Self.unknown }

    func ceremony(_ id: CeremonyID) throws -> Ceremony? { throw Self.unknown }
    func session(tokenDigest: Digest) throws -> ConsoleSession? { throw Self.unknown }
    func enrolmentLink(tokenDigest: Digest) throws -> EnrolmentLink? { throw Self.unknown }
    func enrolmentLinks(of person: PersonID) throws -> [EnrolmentLink] { throw Self.unknown }
    func isRemembered(_ kind: OnceKind, _ key: Digest) throws -> Bool { throw Self.unknown }

    func logSize() throws -> Int64 { throw Self.unknown }
    func logEntries(from index: Int64, limit: Int) throws -> [StoredLogEntry] { throw Self.unknown }
    func logEntries(subject: Text) throws -> [StoredLogEntry] { throw Self.unknown }
}
