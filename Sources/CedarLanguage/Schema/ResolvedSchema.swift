/// An entity type with everything that its names mean.
struct EntityTypeDefinition: Sendable {
    let name: EntityTypeName
    /// The types that its direct parents can have, as declared.
    var parents: [EntityTypeIndex] = []
    /// A record.
    var shape: TypeID = TypeTable.emptyRecord
    /// Nil when it cannot have tags.
    var tags: TypeID?
    /// Of an enumerated type the ids that exist.
    var choices: Set<CedarString>?
    /// The type of a namespace's actions.
    var isAction = false
}

/// An action with everything that its names mean.
struct ActionDefinition: Sendable {
    let uid: EntityUID
    let type: EntityTypeIndex
    /// The groups that it stands in directly.
    var parents: [EntityUID] = []
    var principals: [EntityTypeIndex] = []
    var resources: [EntityTypeIndex] = []
    /// A record.
    var context: TypeID = TypeTable.emptyRecord
}

/// A schema in which every name is resolved.
struct ResolvedSchema: Sendable {
    var types = TypeTable()
    var entities: [EntityTypeDefinition] = []
    var entityIndices: [EntityTypeName: EntityTypeIndex] = [:]
    /// In the order of their declarations.
    var actions: [ActionDefinition] = []
    var actionIndices: [EntityUID: Int] = [:]

    func index(of type: EntityTypeName) -> EntityTypeIndex? { entityIndices[type] }

    func definition(_ index: EntityTypeIndex) -> EntityTypeDefinition { entities[Int(index)] }

    func action(_ uid: EntityUID) -> ActionDefinition? { actionIndices[uid].map { actions[$0] } }

    /// The actions as entities with their groups as parents: entity data need not repeat them.
    var actionEntities: [CedarEntity] {
        actions.map { CedarEntity(uid: $0.uid, parents: Set($0.parents)) }
    }

    /// A type in words, for messages; what nests deeper than a few levels is left out.
    func describe(_ type: TypeID) -> String { describe(type, types, depth: 0) }

    /// The same with a table that has more types than the schema.
    func describe(_ type: TypeID, _ types: TypeTable, depth: Int = 0) -> String {
        switch types[type] {
        case .never: return "nothing"
        case .bool: return "Bool"
        case .alwaysTrue: return "Bool (always true)"
        case .alwaysFalse: return "Bool (always false)"
        case .long: return "Long"
        case .string: return "String"
        case .decimal: return "decimal"
        case .ipaddr: return "ipaddr"
        case .datetime: return "datetime"
        case .duration: return "duration"
        case .set(let element): return depth > 3 ? "Set<…>" : "Set<\(describe(element, types, depth: depth + 1))>"
        case .entity(let indices):
            return indices.prefix(8).map { definition($0).name.description }.joined(separator: " or ")
        case .record(let attributes, _):
            guard depth < 3 else { return "{…}" }
            let shown = attributes.prefix(6).map {
                "\($0.name)\($0.isRequired ? "" : "?"): \(describe($0.type, types, depth: depth + 1))"
            }
            return "{" + shown.joined(separator: ", ") + (attributes.count > shown.count ? ", …}" : "}")
        }
    }
}

/// Which entity types can be above others; computed for a type when it is asked for.
struct TypeHierarchy {
    private var known: [EntityTypeIndex: Set<EntityTypeIndex>] = [:]

    /// All types above, without the type itself unless it can contain its own kind.
    mutating func ancestors(of type: EntityTypeIndex, in schema: ResolvedSchema) -> Set<EntityTypeIndex> {
        if let found = known[type] { return found }
        var found: Set<EntityTypeIndex> = []
        var open = schema.definition(type).parents
        while let next = open.popLast() {
            if found.insert(next).inserted { open += schema.definition(next).parents }
        }
        known[type] = found
        return found
    }

    /// Whether an entity of the first type can be `in` one of the second.
    mutating func isDescendant(
        _ type: EntityTypeIndex, of ancestor: EntityTypeIndex, in schema: ResolvedSchema
    ) -> Bool {
        type == ancestor || ancestors(of: type, in: schema).contains(ancestor)
    }
}
