/// The name of an entity type, with its namespaces: `Countersign::Agent`.
public struct EntityTypeName: Hashable, Comparable, Sendable, CustomStringConvertible {
    /// The identifiers joined by `::`, without white space.
    public let name: CedarString

    /// Nil unless it is a path of identifiers joined by `::`, none of them reserved.
    public init?(_ name: String) {
        guard Identifier.isPath(name) else { return nil }
        self.name = CedarString(name)
    }

    /// For the parser, which has checked every component.
    init(unchecked name: String) {
        self.name = CedarString(name)
    }

    /// The last component: `Agent` of `Countersign::Agent`.
    public var basename: CedarString {
        let bytes = name.utf8
        guard let colon = bytes.lastIndex(of: UInt8(ascii: ":")) else { return name }
        return CedarString(String(name.string[bytes.index(after: colon)...]))
    }

    /// The name as it stands in policy text.
    public var description: String { name.string }

    /// By bytes.
    public static func < (left: EntityTypeName, right: EntityTypeName) -> Bool { left.name < right.name }
}

/// The name of one entity: `User::"alice"`. Compared by bytes.
public struct EntityUID: Sendable {
    /// Shared and hashed once: a request compares the same few names hundreds of times.
    private final class Storage: Sendable {
        let type: EntityTypeName
        let id: CedarString
        let typeHash: Int
        let hash: Int

        init(type: EntityTypeName, id: CedarString) {
            self.type = type
            self.id = id
            var hasher = Hasher()
            hasher.combine(type)
            typeHash = hasher.finalize()
            hasher = Hasher()
            hasher.combine(typeHash)
            hasher.combine(id)
            hash = hasher.finalize()
        }
    }

    private let storage: Storage

    /// The entity of that type with that id.
    public init(type: EntityTypeName, id: CedarString) {
        storage = Storage(type: type, id: id)
    }

    /// Nil unless the type is a path of identifiers.
    public init?(type: String, id: String) {
        guard let type = EntityTypeName(type) else { return nil }
        self.init(type: type, id: CedarString(id))
    }

    /// Its type.
    public var type: EntityTypeName { storage.type }
    /// Its id within the type.
    public var id: CedarString { storage.id }

    /// The hash of the whole name, computed when it was made with the seed of this process.
    var nameHash: Int { storage.hash }
    /// The same of the type alone.
    var typeHash: Int { storage.typeHash }
}

extension EntityUID: Hashable, Comparable, CustomStringConvertible {
    /// Type and id byte for byte.
    public static func == (left: EntityUID, right: EntityUID) -> Bool {
        if left.storage === right.storage { return true }
        return left.storage.hash == right.storage.hash && left.id == right.id && left.type == right.type
    }

    /// The hash that was computed when it was made.
    public func hash(into hasher: inout Hasher) {
        hasher.combine(storage.hash)
    }

    /// By type, then by id.
    public static func < (left: EntityUID, right: EntityUID) -> Bool {
        left.type == right.type ? left.id < right.id : left.type < right.type
    }

    /// As in policy text, the id escaped.
    public var description: String { "\(type)::\(StringEscapes.quoted(id.string))" }
}
