/// An entity with everything that policies can ask about it.
public struct CedarEntity: Sendable, Hashable {
    /// Its name.
    public let uid: EntityUID
    /// Its attributes.
    public let attributes: CedarRecord
    /// The entities that it belongs to directly.
    public let parents: Set<EntityUID>
    /// Its tags.
    public let tags: CedarRecord

    /// An entity.
    public init(uid: EntityUID, attributes: CedarRecord = [:], parents: Set<EntityUID> = [], tags: CedarRecord = [:]) {
        self.uid = uid
        self.attributes = attributes
        self.parents = parents
        self.tags = tags
    }
}

/// Why entities were refused.
public struct CedarEntityError: Error, Hashable, Sendable, CustomStringConvertible {
    /// One sentence without full stop that names the entity or the place in the document.
    public let message: String

    /// The message.
    public var description: String { message }
}

/// Entities by name, with all ancestors computed.
public struct CedarEntities: Sendable {
    private var entities: [EntityUID: CedarEntity] = [:]
    /// Of each entity that has parents; never the entity itself.
    private var ancestors: [EntityUID: Set<EntityUID>] = [:]

    /// No entities.
    public init() {}

    /// Refuses two different entities of one name, and an entity that is its own ancestor.
    public init(_ list: some Sequence<CedarEntity>) throws(CedarEntityError) {
        for entity in list {
            if let known = entities.updateValue(entity, forKey: entity.uid), known != entity {
                throw CedarEntityError(message: "the entity \(entity.uid) is there twice, with different content")
            }
        }
        try computeAncestors()
    }

    /// The entity of that name.
    public subscript(uid: EntityUID) -> CedarEntity? { entities[uid] }

    /// How many there are.
    public var count: Int { entities.count }

    /// Everything that it belongs to, directly or through others; without itself.
    public func ancestors(of uid: EntityUID) -> Set<EntityUID> { ancestors[uid] ?? [] }

    /// Whether the two are the same or the second is an ancestor of the first: the operator `in`.
    public func isDescendant(_ uid: EntityUID, of ancestor: EntityUID) -> Bool {
        uid == ancestor || ancestors[uid]?.contains(ancestor) == true
    }

    /// Parents first and without recursion, so that a long chain needs no stack.
    private mutating func computeAncestors() throws(CedarEntityError) {
        var isFlat = true
        for (uid, entity) in entities where !entity.parents.isEmpty {
            guard entity.parents.allSatisfy({ entities[$0]?.parents.isEmpty ?? true }) else {
                isFlat = false
                break
            }
            ancestors[uid] = entity.parents
        }
        if isFlat { return }
        ancestors = [:]
        var children: [EntityUID: [EntityUID]] = [:]
        var waitingFor: [EntityUID: Int] = [:]
        var ready: [EntityUID] = []
        for (uid, entity) in entities where !entity.parents.isEmpty {
            var open = 0
            for parent in entity.parents where entities[parent].map({ !$0.parents.isEmpty }) == true {
                children[parent, default: []].append(uid)
                open += 1
            }
            if open == 0 { ready.append(uid) } else { waitingFor[uid] = open }
        }
        while let uid = ready.popLast() {
            let parents = entities[uid]?.parents ?? []
            ancestors[uid] = parents.reduce(into: parents) { $0.formUnion(ancestors[$1] ?? []) }
            for child in children[uid] ?? [] {
                guard let open = waitingFor[child] else { continue }
                waitingFor[child] = open == 1 ? nil : open - 1
                if open == 1 { ready.append(child) }
            }
        }
        if let stuck = waitingFor.keys.min() {
            throw CedarEntityError(message: "the entity \(stuck) is, or descends from, its own ancestor")
        }
    }
}
