import CanonicalEncoding

/// Reads the JSON syntax of schemas. Members that it does not know are refused: a misspelt `required` must not be lost.
struct SchemaJSON {
    private let object: JSONObject
    /// Where the object stands, for messages.
    private let place: String

    private init(_ json: JSONValue, _ place: String, members: Set<Text>) throws(ParseFailure) {
        guard case .object(let object) = json else { throw Self.failure(place, "a JSON object was expected") }
        if let unknown = object.members.first(where: { !members.contains($0.name) }) {
            throw Self.failure(
                place, "there is no member `\(unknown.name)`",
                hint: "known are " + members.map(\.string).sorted().joined(separator: ", "))
        }
        self.object = object
        self.place = place
    }

    static func failure(_ place: String, _ message: String, hint: String? = nil) -> ParseFailure {
        ParseFailure(offset: 0, message: place.isEmpty ? message : "\(message), at \(place)", hint: hint)
    }

    private static func members(_ json: JSONValue, _ place: String) throws(ParseFailure) -> [JSONObject.Member] {
        guard case .object(let object) = json else { throw failure(place, "a JSON object was expected") }
        return object.members
    }

    private func required(_ name: Text) throws(ParseFailure) -> JSONValue {
        guard let value = object[name] else { throw Self.failure(place, "the member `\(name)` is missing") }
        return value
    }

    private func inside(_ name: Text) -> String { Self.inside(place, name) }

    private static func inside(_ place: String, _ name: Text) -> String {
        place.isEmpty ? StringEscapes.quoted(name.string) : "\(place).\(StringEscapes.quoted(name.string))"
    }

    private static func text(_ json: JSONValue, _ place: String) throws(ParseFailure) -> CedarString {
        guard let text = json.textValue else { throw failure(place, "a string was expected") }
        return CedarString(text)
    }

    private static func list(_ json: JSONValue, _ place: String) throws(ParseFailure) -> [JSONValue] {
        guard let list = json.arrayValue else { throw failure(place, "an array was expected") }
        return list
    }

    // MARK: Namespaces

    static func namespaces(_ json: JSONValue) throws(ParseFailure) -> [NamespaceDeclaration] {
        var namespaces: [NamespaceDeclaration] = []
        for member in try members(json, "") {
            guard member.name.isEmpty || Identifier.isPath(member.name.string) else {
                throw failure("", "\(StringEscapes.quoted(member.name.string)) cannot be a namespace's name")
            }
            let place = inside("", member.name)
            let fields = try SchemaJSON(
                member.value, place, members: ["commonTypes", "entityTypes", "actions", "annotations"])
            namespaces.append(try fields.namespace(CedarString(member.name)))
        }
        return namespaces
    }

    private func namespace(_ name: CedarString) throws(ParseFailure) -> NamespaceDeclaration {
        var namespace = NamespaceDeclaration(name: name, annotations: try annotations())
        guard !name.utf8.isEmpty || namespace.annotations.isEmpty else {
            throw Self.failure(place, "what has no namespace cannot have the annotations of one")
        }
        for member in try Self.members(object["commonTypes"] ?? [:], inside("commonTypes")) {
            namespace.types.append(try Self.commonType(member, inside("commonTypes")))
        }
        for member in try Self.members(try required("entityTypes"), inside("entityTypes")) {
            namespace.entities.append(try Self.entity(member, inside("entityTypes")))
        }
        for member in try Self.members(try required("actions"), inside("actions")) {
            namespace.actions.append(try Self.action(member, inside("actions")))
        }
        return namespace
    }

    private func annotations() throws(ParseFailure) -> [SchemaAnnotation] {
        let place = inside("annotations")
        var annotations: [SchemaAnnotation] = []
        for member in try Self.members(object["annotations"] ?? [:], place) {
            let bytes = member.name.utf8
            guard bytes.first.map(Identifier.isStart) == true, bytes.allSatisfy(Identifier.isContinuation) else {
                throw Self.failure(place, "\(StringEscapes.quoted(member.name.string)) cannot be an annotation's name")
            }
            let value = member.value.isNull ? nil : try Self.text(member.value, Self.inside(place, member.name))
            annotations.append(SchemaAnnotation(name: CedarString(member.name), value: value))
        }
        return annotations
    }

    private static func identifier(_ member: JSONObject.Member, _ place: String) throws(ParseFailure) -> CedarString {
        guard Identifier.isValid(Substring(member.name.string)) else {
            throw failure(place, "\(StringEscapes.quoted(member.name.string)) cannot be a type's name")
        }
        return CedarString(member.name)
    }

    // MARK: Types

    private static func commonType(
        _ member: JSONObject.Member, _ place: String
    ) throws(ParseFailure) -> CommonTypeDeclaration {
        let name = try identifier(member, place)
        guard !SchemaParser.reservedTypeNames.contains(name) else {
            throw failure(place, "`\(name)` is the language's own name for a type")
        }
        let place = inside(place, member.name)
        let fields = try SchemaJSON(member.value, place, members: typeMembers.union(["annotations"]))
        return CommonTypeDeclaration(
            name: name, type: try fields.type(extra: ["annotations"], depth: 0),
            annotations: try fields.annotations(), offset: 0)
    }

    private static let typeMembers: Set<Text> = ["type", "element", "attributes", "additionalAttributes", "name"]

    private static func type(_ json: JSONValue, _ place: String, depth: Int) throws(ParseFailure) -> SchemaType {
        try SchemaJSON(json, place, members: typeMembers).type(extra: [], depth: depth)
    }

    /// Which members belong to each kind of type.
    private static let membersOfKind: [CedarString: Set<Text>] = [
        "Set": ["element"], "Record": ["attributes", "additionalAttributes"], "Entity": ["name"],
        "EntityOrCommon": ["name"], "Extension": ["name"],
    ]

    private func type(extra: Set<Text>, depth: Int) throws(ParseFailure) -> SchemaType {
        guard depth < SchemaParser.maximumDepth else {
            throw Self.failure(place, "types are nested more than \(SchemaParser.maximumDepth) levels deep")
        }
        let kind = try Self.text(try required("type"), inside("type"))
        let allowed = (Self.membersOfKind[kind] ?? []).union(extra).union(["type"])
        if let unknown = object.members.first(where: { !allowed.contains($0.name) }) {
            throw Self.failure(place, "a type \(kind) has no member `\(unknown.name)`")
        }
        switch kind {
        case "Set": return .set(try Self.type(try required("element"), inside("element"), depth: depth + 1))
        case "Record": return .record(try attributes(depth: depth))
        case "Entity": return .named(try name("name", .entity))
        case "EntityOrCommon": return .named(try name("name", .any))
        case "Extension":
            let name = try Self.text(try required("name"), inside("name"))
            let known: Set<CedarString> = ["ipaddr", "decimal", "datetime", "duration"]
            guard known.contains(name) else { throw Self.failure(place, "there is no extension type `\(name)`") }
            return Self.builtIn(name)
        case "Long", "String": return Self.builtIn(kind)
        case "Boolean": return Self.builtIn("Bool")
        default: return .named(try name("type", .common))
        }
    }

    private static func builtIn(_ name: CedarString) -> SchemaType {
        .named(SchemaName(kind: .common, path: CedarString("__cedar::\(name)"), offset: 0))
    }

    private func name(_ member: Text, _ kind: SchemaName.Kind) throws(ParseFailure) -> SchemaName {
        try Self.name(try required(member), inside(member), kind)
    }

    private static func name(
        _ json: JSONValue, _ place: String, _ kind: SchemaName.Kind
    ) throws(ParseFailure) -> SchemaName {
        let path = try text(json, place)
        let prefix = "__cedar::"
        let isLanguages = path.utf8.starts(with: prefix.utf8)
        guard Identifier.isPath(isLanguages ? String(path.string.dropFirst(prefix.count)) : path.string) else {
            throw failure(place, "\(StringEscapes.quoted(path.string)) is no name of a type")
        }
        return SchemaName(kind: kind, path: path, offset: 0)
    }

    private func attributes(depth: Int) throws(ParseFailure) -> [SchemaAttribute] {
        if let additional = object["additionalAttributes"] {
            guard additional.boolValue == false else {
                throw Self.failure(
                    place, "records with further attributes are not supported", hint: "declare all attributes")
            }
        }
        var attributes: [SchemaAttribute] = []
        let place = inside("attributes")
        for member in try Self.members(try required("attributes"), place) {
            let extra: Set<Text> = ["required", "annotations"]
            let inner = Self.inside(place, member.name)
            let fields = try SchemaJSON(member.value, inner, members: Self.typeMembers.union(extra))
            guard let isRequired = (fields.object["required"] ?? true).boolValue else {
                throw Self.failure(inner, "`required` is true or false")
            }
            let type = try fields.type(extra: extra, depth: depth + 1)
            attributes.append(
                SchemaAttribute(
                    name: CedarString(member.name), type: type, isRequired: isRequired,
                    annotations: try fields.annotations()))
        }
        return attributes
    }
}

/// Entity types and actions.
extension SchemaJSON {
    private static func entity(_ member: JSONObject.Member, _ place: String) throws(ParseFailure) -> EntityDeclaration {
        let name = try identifier(member, place)
        let place = inside(place, member.name)
        let isEnumerated = member.value["enum"] != nil
        let fields = try SchemaJSON(
            member.value, place,
            members: isEnumerated
                ? ["enum", "annotations"] : ["memberOfTypes", "shape", "tags", "enum", "annotations"])
        return EntityDeclaration(
            name: name, content: isEnumerated ? try fields.choices() : try fields.standard(),
            annotations: try fields.annotations(), offset: 0)
    }

    private func choices() throws(ParseFailure) -> EntityDeclaration.Content {
        let place = inside("enum")
        var choices: [CedarString] = []
        for choice in try Self.list(try required("enum"), place) { choices.append(try Self.text(choice, place)) }
        guard !choices.isEmpty else { throw Self.failure(place, "an enumeration has at least one id") }
        return .choices(choices)
    }

    private func standard() throws(ParseFailure) -> EntityDeclaration.Content {
        let shape = try object["shape"].map { json throws(ParseFailure) in
            try Self.type(json, inside("shape"), depth: 0)
        }
        let tags = try object["tags"].map { json throws(ParseFailure) in
            try Self.type(json, inside("tags"), depth: 0)
        }
        return .standard(memberOf: try names("memberOfTypes"), shape: shape ?? .record([]), tags: tags)
    }

    /// A list of entity types; none when the member is missing.
    private func names(_ member: Text) throws(ParseFailure) -> [SchemaName] {
        var names: [SchemaName] = []
        for name in try Self.list(object[member] ?? [], inside(member)) {
            names.append(try Self.name(name, inside(member), .entity))
        }
        return names
    }

    private static func action(_ member: JSONObject.Member, _ place: String) throws(ParseFailure) -> ActionDeclaration {
        let fields = try SchemaJSON(
            member.value, inside(place, member.name), members: ["attributes", "appliesTo", "memberOf", "annotations"])
        guard fields.object["attributes"]?.isNull ?? true else {
            throw failure(fields.place, "actions cannot have attributes")
        }
        var groups: [ActionDeclaration.Reference] = []
        if let memberOf = fields.object["memberOf"], !memberOf.isNull {
            for group in try list(memberOf, fields.inside("memberOf")) {
                groups.append(try reference(group, fields.inside("memberOf")))
            }
        }
        return ActionDeclaration(
            name: CedarString(member.name), memberOf: groups, appliesTo: try fields.application(),
            annotations: try fields.annotations(), offset: 0)
    }

    private static func reference(
        _ json: JSONValue, _ place: String
    ) throws(ParseFailure) -> ActionDeclaration.Reference {
        let fields = try SchemaJSON(json, place, members: ["id", "type"])
        let id = try text(try fields.required("id"), fields.inside("id"))
        guard let type = fields.object["type"], !type.isNull else { return .init(type: nil, id: id, offset: 0) }
        return .init(type: try name(type, fields.inside("type"), .entity).path, id: id, offset: 0)
    }

    private func application() throws(ParseFailure) -> ActionDeclaration.Application? {
        guard let json = object["appliesTo"], !json.isNull else { return nil }
        let fields = try SchemaJSON(
            json, inside("appliesTo"), members: ["principalTypes", "resourceTypes", "context"])
        _ = try fields.required("principalTypes")
        _ = try fields.required("resourceTypes")
        let context = try fields.object["context"].map { json throws(ParseFailure) in
            try Self.type(json, fields.inside("context"), depth: 0)
        }
        return .init(
            principals: try fields.names("principalTypes"), resources: try fields.names("resourceTypes"),
            context: context ?? .record([]))
    }
}
