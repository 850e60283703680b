package import CanonicalEncoding

extension CedarSchema {
    /// The schema in its JSON syntax. Reading it again gives an equal schema.
    public var json: String {
        CanonicalJSON.text(jsonValue)
    }

    /// The same as data.
    package var jsonValue: JSONValue {
        var object = JSONObject()
        for namespace in namespaces {
            if namespace.name.utf8.isEmpty, namespace.isEmpty { continue }
            object[namespace.name.text] = namespace.json
        }
        return .object(object)
    }
}

extension NamespaceDeclaration {
    var isEmpty: Bool { types.isEmpty && entities.isEmpty && actions.isEmpty }

    fileprivate var json: JSONValue {
        var (common, entityTypes, actionObject) = (JSONObject(), JSONObject(), JSONObject())
        for type in types { common[type.name.text] = .object(type.type.json.annotated(type.annotations)) }
        for entity in entities { entityTypes[entity.name.text] = entity.json }
        for action in actions { actionObject[action.name.text] = action.json }
        var object: JSONObject = ["entityTypes": .object(entityTypes), "actions": .object(actionObject)]
        if !common.isEmpty { object["commonTypes"] = .object(common) }
        return .object(object.annotated(annotations))
    }
}

extension JSONObject {
    fileprivate func annotated(_ annotations: [SchemaAnnotation]) -> JSONObject {
        guard !annotations.isEmpty else { return self }
        var members = JSONObject()
        for annotation in annotations {
            members[annotation.name.text] = annotation.value.map { .string($0.text) } ?? .null
        }
        var result = self
        result["annotations"] = .object(members)
        return result
    }
}

extension SchemaName {
    /// The name within the language when it is written `__cedar::…`.
    var languageType: CedarString? {
        let prefix = "__cedar::"
        guard path.utf8.starts(with: prefix.utf8) else { return nil }
        return CedarString(String(path.string.dropFirst(prefix.count)))
    }

    fileprivate var json: JSONObject {
        switch languageType {
        case "Long", "String": return ["type": .string(Text(languageType?.string ?? ""))]
        case "Bool": return ["type": "Boolean"]
        case let extensionType?: return ["type": "Extension", "name": .string(extensionType.text)]
        case nil: break
        }
        switch kind {
        case .any: return ["type": "EntityOrCommon", "name": .string(path.text)]
        case .entity: return ["type": "Entity", "name": .string(path.text)]
        case .common: return ["type": .string(path.text)]
        }
    }
}

extension SchemaType {
    /// The recursion is bounded by the depth of a written type.
    fileprivate var json: JSONObject {
        switch self {
        case .named(let name): return name.json
        case .set(let element): return ["type": "Set", "element": .object(element.json)]
        case .record(let attributes):
            var members = JSONObject()
            for attribute in attributes {
                var member = attribute.type.json.annotated(attribute.annotations)
                if !attribute.isRequired { member["required"] = false }
                members[attribute.name.text] = .object(member)
            }
            return ["type": "Record", "attributes": .object(members)]
        }
    }
}

extension EntityDeclaration {
    fileprivate var json: JSONValue {
        var object = JSONObject()
        switch content {
        case .choices(let choices): object["enum"] = .array(choices.map { .string($0.text) })
        case .standard(let parents, let shape, let tags):
            if !parents.isEmpty { object["memberOfTypes"] = .array(parents.map { .string($0.path.text) }) }
            object["shape"] = .object(shape.json)
            if let tags { object["tags"] = .object(tags.json) }
        }
        return .object(object.annotated(annotations))
    }
}

extension ActionDeclaration {
    fileprivate var json: JSONValue {
        var object = JSONObject()
        if !memberOf.isEmpty {
            object["memberOf"] = .array(
                memberOf.map { group in
                    var member: JSONObject = ["id": .string(group.id.text)]
                    if let type = group.type { member["type"] = .string(type.text) }
                    return .object(member)
                })
        }
        if let appliesTo {
            object["appliesTo"] = [
                "principalTypes": .array(appliesTo.principals.map { .string($0.path.text) }),
                "resourceTypes": .array(appliesTo.resources.map { .string($0.path.text) }),
                "context": .object(appliesTo.context.json),
            ]
        }
        return .object(object.annotated(annotations))
    }
}
