import CanonicalEncoding
import DomainModel

/// What every decision reads of the inventory, as the writer's last batch left it, so that it is not read and parsed again
/// for each request.
///
/// It belongs to the writer, the only one who changes the inventory: a batch that touches it begins again with an empty
/// one, and so does one before which anybody else wrote to the file.
struct InventoryMemory: Sendable {
    struct ToolKey: Hashable, Sendable {
        let server: Text
        let name: Text
    }

    /// A nil inside is an answer too: there is no such row.
    var agents: [AgentID: Agent?] = [:]
    var persons: [PersonID: Person?] = [:]
    var tools: [ToolKey: RegisteredTool?] = [:]
    var memberships: [Membership.Member: [Membership]] = [:]
    var freezes: [Freeze]?
    var policyDigest: Digest??

    /// `PRAGMA data_version` when it was filled: another connection's commit changes it.
    var dataVersion: Int64?

    /// Bounds what it holds: beyond it, remembering begins anew.
    static let capacity = 4_096

    var isFull: Bool { max(agents.count, persons.count, tools.count, memberships.count) > Self.capacity }
}

/// The reader's answers from memory. Only the writer's transaction has one; a snapshot of a reader may be older or newer.
extension SQLiteReader {
    func remembered<Key: Hashable, Value>(
        _ list: WritableKeyPath<InventoryMemory, [Key: Value]>, _ key: Key, _ read: () throws -> Value
    ) rethrows -> Value {
        if let known = memory?[keyPath: list][key] { return known }
        let value = try read()
        memory?[keyPath: list][key] = value
        return value
    }

    func remembered<Value>(
        _ part: WritableKeyPath<InventoryMemory, Value?>, _ read: () throws -> Value
    ) rethrows -> Value {
        if let known = memory?[keyPath: part] { return known }
        let value = try read()
        memory?[keyPath: part] = value
        return value
    }
}
