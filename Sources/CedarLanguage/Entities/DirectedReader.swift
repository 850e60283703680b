import CanonicalEncoding

/// Reads values from JSON as a schema says: where it expects an entity, `{"type", "id"}` is one; where it expects an
/// extension value, its text is one. Everything else is read as without a schema; whether it conforms is checked afterwards.
struct DirectedReader {
    let schema: ResolvedSchema

    /// The recursion is bounded by the depth of types and of `CedarValue.maximumJSONDepth`.
    func value(_ json: JSONValue, _ type: TypeID, _ place: Place) throws(CedarEntityError) -> CedarValue {
        switch schema.types[type] {
        case .entity: return .entity(try entity(json, place))
        case .decimal: return try extensionValue(json, .decimal, place)
        case .ipaddr: return try extensionValue(json, .ip, place)
        case .datetime: return try extensionValue(json, .datetime, place)
        case .duration: return try extensionValue(json, .duration, place)
        case .set(let element):
            guard let elements = json.arrayValue else { throw place.error("a set is a JSON array") }
            var values: [CedarValue] = []
            for member in elements { values.append(try value(member, element, place)) }
            return .set(CedarSet(values))
        case .record(let attributes, _):
            guard let object = json.objectValue else { throw place.error("a record is a JSON object") }
            return .record(try record(object, attributes, place))
        default: return try plain(json, place)
        }
    }

    /// Unknown and missing attributes are refused.
    func record(
        _ object: JSONObject, _ attributes: [AttributeType], _ place: Place
    ) throws(CedarEntityError) -> CedarRecord {
        var members: [CedarRecord.Member] = []
        for member in object.members {
            let name = CedarString(member.name)
            guard let attribute = attributes.named(name) else {
                let nearest = Spelling.nearest(to: name, among: attributes.map(\.name))
                throw place.error(
                    "the schema has no attribute `\(name)`" + (nearest.map { "; do you mean `\($0)`?" } ?? ""))
            }
            let value = try value(member.value, attribute.type, place.inside(name))
            members.append(CedarRecord.Member(name: name, value: value))
        }
        for attribute in attributes where attribute.isRequired && object[attribute.name.text] == nil {
            throw place.error("the attribute `\(attribute.name)` is missing")
        }
        return CedarRecord(members)
    }

    private func plain(_ json: JSONValue, _ place: Place) throws(CedarEntityError) -> CedarValue {
        do {
            return try CedarValue(json: json)
        } catch {
            throw place.error(error.message)
        }
    }

    func entity(_ json: JSONValue, _ place: Place) throws(CedarEntityError) -> EntityUID {
        do {
            return try EntityUID(json: json)
        } catch {
            throw place.error(error.message)
        }
    }

    /// `{"__extn": {"fn", "arg"}}`, the same without `__extn`, or only what the constructor takes.
    private func extensionValue(
        _ json: JSONValue, _ constructor: ExtensionFunction, _ place: Place
    ) throws(CedarEntityError) -> CedarValue {
        let escaped = json["__extn"]
        guard let object = (escaped ?? json).objectValue, escaped != nil || object["fn"] != nil else {
            guard escaped == nil else { throw place.error("`__extn` holds `fn` and `arg` or `args`") }
            return try apply(constructor, [json], place)
        }
        guard object.count == 2, let name = object["fn"]?.textValue,
            let function = ExtensionFunction.named(CedarString(name)),
            let arguments = object["arg"].map({ [$0] }) ?? object["args"]?.arrayValue
        else { throw place.error("an extension value needs a known `fn` and `arg` or `args`") }
        return try apply(function, arguments, place)
    }

    private func apply(
        _ function: ExtensionFunction, _ arguments: [JSONValue], _ place: Place
    ) throws(CedarEntityError) -> CedarValue {
        let parameters = function.signature.parameters
        guard parameters.count == arguments.count, place.depth <= CedarValue.maximumJSONDepth else {
            throw place.error("`\(function.rawValue)` takes \(parameters.count) values")
        }
        var values: [CedarValue] = []
        for (argument, parameter) in zip(arguments, parameters) {
            values.append(try value(argument, parameter, place.deeper()))
        }
        do {
            return try function.apply(to: values)
        } catch {
            throw place.error(EvaluationError(failure: error.failure, span: nil).description)
        }
    }
}

/// Where in entities or a context something stands, for messages.
struct Place {
    /// What the path starts from: an entity, or the context.
    let whole: String
    private(set) var path = ""
    private(set) var depth = 0

    init(_ whole: String) {
        self.whole = whole
    }

    func inside(_ name: CedarString) -> Place {
        var inner = deeper()
        inner.path += path.isEmpty ? name.string : ".\(name.string)"
        return inner
    }

    func deeper() -> Place {
        var inner = self
        inner.depth += 1
        return inner
    }

    func error(_ message: String) -> CedarEntityError {
        CedarEntityError(message: path.isEmpty ? "\(message), in \(whole)" : "\(message), in `\(path)` of \(whole)")
    }
}
