/// Whether values, entities and requests are what a schema says.
struct Conformity {
    let schema: ResolvedSchema
    private var hierarchy = TypeHierarchy()

    init(_ schema: ResolvedSchema) {
        self.schema = schema
    }

    // MARK: Values

    /// The recursion is bounded by the depth of types.
    func check(_ value: CedarValue, _ type: TypeID, _ place: Place) throws(CedarEntityError) {
        switch (schema.types[type], value) {
        case (.bool, .bool), (.long, .long), (.string, .string), (.decimal, .decimal), (.ipaddr, .ipaddr),
            (.datetime, .datetime), (.duration, .duration):
            return
        case (.entity(let indices), .entity(let uid)):
            guard let index = schema.index(of: uid.type), indices.contains(index) else {
                throw place.error("\(schema.describe(type)) was expected, but this is \(uid)")
            }
            try checkExists(uid, place)
        case (.set(let element), .set(let set)):
            for member in set.elements { try check(member, element, place) }
        case (.record(let attributes, _), .record(let record)): try check(record, attributes, place)
        default: throw place.error("\(schema.describe(type)) was expected, but this is a \(value.typeName)")
        }
    }

    private func check(_ record: CedarRecord, _ attributes: [AttributeType], _ place: Place) throws(CedarEntityError) {
        for member in record.members {
            guard let attribute = attributes.named(member.name) else {
                throw place.error("the schema has no attribute `\(member.name)`")
            }
            try check(member.value, attribute.type, place.inside(member.name))
        }
        for attribute in attributes where attribute.isRequired && record[attribute.name] == nil {
            throw place.error("the attribute `\(attribute.name)` is missing")
        }
    }

    /// Enumerated entities and actions exist only as the schema names them.
    private func checkExists(_ uid: EntityUID, _ place: Place) throws(CedarEntityError) {
        guard let index = schema.index(of: uid.type) else {
            throw place.error("the schema has no entity type \(uid.type)")
        }
        let definition = schema.definition(index)
        if let choices = definition.choices, !choices.contains(uid.id) {
            throw place.error("\(uid) is none of the entities of its type")
        }
        if definition.isAction, schema.action(uid) == nil { throw place.error("the schema has no action \(uid)") }
    }

    // MARK: Entities

    /// What entity data says of the groups that each action stands in directly.
    static func actionGroups(in list: [CedarEntity]) -> [EntityUID: Set<EntityUID>] {
        var groups: [EntityUID: Set<EntityUID>] = [:]
        for entity in list where entity.uid.type.basename == "Action" { groups[entity.uid] = entity.parents }
        return groups
    }

    /// An action is compared with the schema as the data around it has it: `groups` are the other actions there.
    mutating func check(
        _ entity: CedarEntity, _ groups: [EntityUID: Set<EntityUID>] = [:]
    ) throws(CedarEntityError) {
        let place = Place(entity.uid.description)
        if entity.uid.type.basename == "Action" {
            try checkAction(entity, groups, place)
            return
        }
        try checkExists(entity.uid, place)
        guard let index = schema.index(of: entity.uid.type) else { return }
        let definition = schema.definition(index)
        try check(.record(entity.attributes), definition.shape, place)
        for tag in entity.tags.members {
            guard let type = definition.tags else { throw place.error("entities of this type have no tags") }
            try check(tag.value, type, place.inside(tag.name))
        }
        let allowed = hierarchy.ancestors(of: index, in: schema)
        for parent in entity.parents {
            guard let type = schema.index(of: parent.type), allowed.contains(type) else {
                throw place.error("entities of this type cannot be in \(parent)")
            }
            try checkExists(parent, place)
        }
    }

    /// Actions can be repeated in entity data, as the schema declares them: all groups that an action stands in, directly or
    /// through others that are repeated there too.
    private func checkAction(
        _ entity: CedarEntity, _ groups: [EntityUID: Set<EntityUID>], _ place: Place
    ) throws(CedarEntityError) {
        guard let action = schema.action(entity.uid) else {
            throw place.error("the schema has no action \(entity.uid)")
        }
        guard entity.attributes.members.isEmpty, entity.tags.members.isEmpty else {
            throw place.error("actions have no attributes and tags")
        }
        let said = Self.closure(of: Array(entity.parents)) { groups[$0].map(Array.init) ?? [] }
        guard said == Self.closure(of: action.parents, { schema.action($0)?.parents ?? [] }) else {
            throw place.error("the schema puts this action into other groups")
        }
    }

    /// All groups that are reached from some.
    private static func closure(
        of groups: [EntityUID], _ parents: (EntityUID) -> [EntityUID]
    ) -> Set<EntityUID> {
        var (found, open): (Set<EntityUID>, [EntityUID]) = ([], groups)
        while let next = open.popLast() {
            if found.insert(next).inserted { open += parents(next) }
        }
        return found
    }

    // MARK: Requests

    func check(_ request: CedarRequest) throws(CedarEntityError) {
        let place = Place("the request")
        guard let action = schema.action(request.action) else {
            throw place.error("the schema has no action \(request.action)")
        }
        for (uid, role) in [(request.principal, "principal"), (request.resource, "resource")] {
            try checkExists(uid, place)
            let applicable = role == "principal" ? action.principals : action.resources
            guard let index = schema.index(of: uid.type), applicable.contains(index) else {
                throw place.error("\(action.uid) does not apply to a \(role) of type \(uid.type)")
            }
        }
        try check(.record(request.context), action.context, Place("the context"))
    }
}
