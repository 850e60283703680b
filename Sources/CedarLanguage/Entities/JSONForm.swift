package import CanonicalEncoding

/// Values and entities from JSON: integers, strings, Booleans, arrays as sets, objects as records, `__entity` and `__extn`.
///
/// Without a schema only these explicit forms mean entities and extension values.
extension CedarValue {
    /// Depth of arrays and objects; the strict reader's own limit is twice that.
    static let maximumJSONDepth = 32

    /// `null` and numbers that are no 64-bit integers have no counterpart and are refused.
    package init(json: JSONValue) throws(CedarEntityError) {
        try self.init(json: json, depth: 0)
    }

    private init(json: JSONValue, depth: Int) throws(CedarEntityError) {
        guard depth <= Self.maximumJSONDepth else {
            throw CedarEntityError(message: "a value is nested more than \(Self.maximumJSONDepth) levels deep")
        }
        switch json {
        case .null: throw CedarEntityError(message: "null is no value of the language")
        case .double: throw CedarEntityError(message: "numbers have to be integers of 64 bits")
        case .bool(let bool): self = .bool(bool)
        case .integer(let integer): self = .long(integer)
        case .string(let text): self = .string(CedarString(text))
        case .array(let elements):
            var values: [CedarValue] = []
            for element in elements { values.append(try CedarValue(json: element, depth: depth + 1)) }
            self = .set(CedarSet(values))
        case .object(let object):
            if let escaped = try Self.escaped(object, depth: depth) {
                self = escaped
            } else {
                self = .record(try CedarRecord(json: object, depth: depth))
            }
        }
    }

    private static func escaped(_ object: JSONObject, depth: Int) throws(CedarEntityError) -> CedarValue? {
        guard object.count == 1, let member = object.members.first else { return nil }
        switch member.name {
        case "__entity": return .entity(try EntityUID(json: member.value))
        case "__extn": return try extensionValue(member.value, depth: depth)
        case "__expr": throw CedarEntityError(message: "`__expr` is not supported; use `__entity` or `__extn`")
        default: return nil
        }
    }

    /// `{"fn": …, "arg": …}` or `{"fn": …, "args": […]}`.
    private static func extensionValue(_ json: JSONValue, depth: Int) throws(CedarEntityError) -> CedarValue {
        guard let object = json.objectValue, object.count == 2, let name = object["fn"]?.textValue,
            let function = ExtensionFunction.named(CedarString(name)),
            let arguments = object["arg"].map({ [$0] }) ?? object["args"]?.arrayValue
        else { throw CedarEntityError(message: "`__extn` needs a known `fn` and `arg` or `args`") }
        var values: [CedarValue] = []
        for argument in arguments { values.append(try CedarValue(json: argument, depth: depth + 1)) }
        do {
            return try function.apply(to: values)
        } catch {
            throw CedarEntityError(message: EvaluationError(failure: error.failure, span: nil).description)
        }
    }
}

extension CedarRecord {
    /// A record, such as a context, from a JSON object. One that says by an escape to be something else is refused.
    package init(json: JSONObject) throws(CedarEntityError) {
        if json.count == 1, let name = json.members.first?.name, ["__entity", "__extn", "__expr"].contains(name) {
            throw CedarEntityError(message: "a record was expected, but `\(name)` says that this is none")
        }
        try self.init(json: json, depth: 0)
    }

    /// A record, such as a context, from the text of a JSON object.
    public init(json text: String) throws(CedarEntityError) {
        guard let object = try JSONForm.read(text).objectValue else {
            throw CedarEntityError(message: "a JSON object was expected")
        }
        try self.init(json: object)
    }

    /// Attributes or tags; their object is never anything else, whatever it holds.
    fileprivate init(members json: JSONObject) throws(CedarEntityError) {
        try self.init(json: json, depth: 0)
    }

    fileprivate init(json: JSONObject, depth: Int) throws(CedarEntityError) {
        var members: [Member] = []
        for member in json.members {
            let value = try CedarValue(nested: member.value, depth: depth + 1)
            members.append(Member(name: CedarString(member.name), value: value))
        }
        self.init(members)
    }
}

extension CedarValue {
    fileprivate init(nested json: JSONValue, depth: Int) throws(CedarEntityError) {
        try self.init(json: json, depth: depth)
    }
}

extension EntityUID {
    /// `{"type": …, "id": …}`, also inside of `__entity`.
    package init(json: JSONValue) throws(CedarEntityError) {
        let inner = json["__entity"] ?? json
        guard let object = inner.objectValue, object.count == 2, let type = object["type"]?.stringValue,
            let id = object["id"]?.textValue
        else { throw CedarEntityError(message: "an entity is written {\"type\": …, \"id\": …}") }
        guard let type = EntityTypeName(type) else {
            throw CedarEntityError(message: "\(StringEscapes.quoted(type)) is no entity type")
        }
        self.init(type: type, id: CedarString(id))
    }
}

extension CedarEntities {
    /// From a JSON array of `{"uid", "attrs", "parents", "tags"}`.
    package init(json: JSONValue) throws(CedarEntityError) {
        guard let list = json.arrayValue else { throw CedarEntityError(message: "entities are a JSON array") }
        var entities: [CedarEntity] = []
        for element in list { entities.append(try EntityForm(element).entity()) }
        try self.init(entities)
    }

    /// From the text of such an array.
    public init(json text: String) throws(CedarEntityError) {
        try self.init(json: JSONForm.read(text))
    }
}

/// The parts of an entity in JSON, its values not yet read.
struct EntityForm {
    let uid: EntityUID
    let attributes: JSONObject
    let parents: Set<EntityUID>
    let tags: JSONObject

    init(_ json: JSONValue) throws(CedarEntityError) {
        guard let object = json.objectValue, let name = object["uid"] else {
            throw CedarEntityError(message: "an entity is a JSON object with `uid`")
        }
        uid = try EntityUID(json: name)
        for member in object.members where !["uid", "attrs", "parents", "tags"].contains(member.name) {
            throw CedarEntityError(message: "the entity \(uid) has the unknown member \(member.name)")
        }
        guard let attributes = (object["attrs"] ?? [:]).objectValue, let list = (object["parents"] ?? []).arrayValue,
            let tags = (object["tags"] ?? [:]).objectValue
        else { throw CedarEntityError(message: "`attrs` and `tags` of \(uid) are objects, its `parents` an array") }
        var parents: Set<EntityUID> = []
        for parent in list { parents.insert(try EntityUID(json: parent)) }
        if uid.type.basename == "Action", let other = parents.first(where: { $0.type.basename != "Action" }) {
            throw CedarEntityError(message: "the action \(uid) cannot be in \(other), which is no action")
        }
        (self.attributes, self.parents, self.tags) = (attributes, parents, tags)
    }

    /// The entity as it reads without a schema.
    func entity() throws(CedarEntityError) -> CedarEntity {
        CedarEntity(
            uid: uid, attributes: try CedarRecord(members: attributes), parents: parents,
            tags: try CedarRecord(members: tags))
    }
}

enum JSONForm {
    static func read(_ text: String) throws(CedarEntityError) -> JSONValue {
        let json: JSONValue
        do {
            json = try JSONReader.read(text, limits: JSONLimits(bytes: 64 << 20))
        } catch {
            throw CedarEntityError(message: "this is no JSON: \(error.code.rawValue) at byte \(error.position)")
        }
        if let place = negativeZero(in: text) { throw CedarEntityError(message: "-0 is no integer, at byte \(place)") }
        return json
    }

    /// Where a document that was read has `-0`, which the language's integers do not have. The reader gives 0 for it, so
    /// it is looked for in the text.
    static func negativeZero(in text: String) -> Int? {
        var (isString, isEscaped) = (false, false)
        var before: UInt8 = 0
        for (offset, byte) in text.utf8.enumerated() {
            if isString {
                if isEscaped {
                    isEscaped = false
                } else if byte == UInt8(ascii: "\\") {
                    isEscaped = true
                } else if byte == UInt8(ascii: "\"") {
                    isString = false
                }
            } else if byte == UInt8(ascii: "\"") {
                isString = true
            } else if before == UInt8(ascii: "-"), byte == UInt8(ascii: "0") {
                // Fractions and exponents that look the same are no integers either.
                return offset - 1
            }
            before = byte
        }
        return nil
    }
}
