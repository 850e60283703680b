package import CanonicalEncoding

/// Entities, contexts and requests as a schema says.
extension CedarSchema {
    /// Entities from the text of a JSON array of `{"uid", "attrs", "parents", "tags"}`, with the schema's actions added.
    ///
    /// Attributes and tags are read as the schema says, so `{"type", "id"}` can stand for an entity and a string for an
    /// extension value. Every entity has to conform. Values nest at most 32 levels deep.
    public func entities(json text: String) throws(CedarEntityError) -> CedarEntities {
        try entities(json: JSONForm.read(text))
    }

    package func entities(json: JSONValue) throws(CedarEntityError) -> CedarEntities {
        guard let list = json.arrayValue else { throw CedarEntityError(message: "entities are a JSON array") }
        let reader = DirectedReader(schema: resolved)
        var entities: [CedarEntity] = []
        for element in list {
            let form = try EntityForm(element)
            guard form.uid.type.basename != "Action" else {
                entities.append(try form.entity())
                continue
            }
            entities.append(try entity(form, reader))
        }
        return try self.entities(entities)
    }

    /// The same from entities that are at hand.
    public func entities(_ list: some Sequence<CedarEntity>) throws(CedarEntityError) -> CedarEntities {
        let list = Array(list)
        var conformity = Conformity(resolved)
        let groups = Conformity.actionGroups(in: list)
        var entities: [CedarEntity] = []
        for entity in list {
            try conformity.check(entity, groups)
            // The schema's own come below, with all their groups.
            if resolved.action(entity.uid) == nil { entities.append(entity) }
        }
        return try CedarEntities(entities + resolved.actionEntities)
    }

    private func entity(_ form: EntityForm, _ reader: DirectedReader) throws(CedarEntityError) -> CedarEntity {
        let place = Place(form.uid.description)
        guard let index = resolved.index(of: form.uid.type) else {
            throw place.error("the schema has no entity type \(form.uid.type)")
        }
        let definition = resolved.definition(index)
        var attributes: CedarRecord = [:]
        if case .record(let declared, _) = resolved.types[definition.shape] {
            attributes = try reader.record(form.attributes, declared, place)
        }
        var tags: [CedarRecord.Member] = []
        for tag in form.tags.members {
            guard let type = definition.tags else { throw place.error("entities of this type have no tags") }
            let name = CedarString(tag.name)
            tags.append(.init(name: name, value: try reader.value(tag.value, type, place.inside(name))))
        }
        return CedarEntity(uid: form.uid, attributes: attributes, parents: form.parents, tags: CedarRecord(tags))
    }

    /// The context of a request for an action, from the text of a JSON object.
    public func context(json text: String, for action: EntityUID) throws(CedarEntityError) -> CedarRecord {
        guard let object = try JSONForm.read(text).objectValue else {
            throw CedarEntityError(message: "a context is a JSON object")
        }
        return try context(json: object, for: action)
    }

    package func context(json: JSONObject, for action: EntityUID) throws(CedarEntityError) -> CedarRecord {
        guard let definition = resolved.action(action) else {
            throw CedarEntityError(message: "the schema has no action \(action)")
        }
        guard case .record(let attributes, _) = resolved.types[definition.context] else { return [:] }
        let place = Place("the context")
        let context = try DirectedReader(schema: resolved).record(json, attributes, place)
        try Conformity(resolved).check(.record(context), definition.context, place)
        return context
    }

    /// Errs unless the action applies to principal and resource, and the context is what the action takes.
    public func validate(_ request: CedarRequest) throws(CedarEntityError) {
        try Conformity(resolved).check(request)
    }

    /// Errs unless the entity has the attributes, parents and tags of its type.
    public func validate(_ entity: CedarEntity) throws(CedarEntityError) {
        var conformity = Conformity(resolved)
        try conformity.check(entity)
    }
}
