import CanonicalEncoding

/// A Cedar type for what a JSON schema describes, as `CedarQuestion` says such values: objects are records, arrays sets,
/// whole numbers Long; `null` is left out.
///
/// What cannot be said (alternatives, arrays of anything) is left out of the record: a policy that reads it is refused.
struct InputType {
    /// Deeper than any tool's arguments; a schema that nests further is cut, not followed.
    private static let greatestDepth = 16

    /// A record type, with `{}` for anything that describes no object.
    let text: String

    init(_ schema: JSONValue) {
        text = Self.record(schema, depth: 0)
    }

    private static func record(_ schema: JSONValue, depth: Int) -> String {
        let required = Set((schema["required"]?.arrayValue ?? []).compactMap(\.textValue))
        let members = (schema["properties"]?.objectValue?.members ?? []).compactMap { member -> String? in
            guard let (type, isNullable) = type(member.value, depth: depth + 1) else { return nil }
            let isOptional = isNullable || !required.contains(member.name)
            return "\(quoted(member.name))\(isOptional ? "?" : ""): \(type)"
        }
        return members.isEmpty ? "{}" : "{ \(members.joined(separator: ", ")) }"
    }

    /// The type and whether `null` may stand in its place.
    private static func type(_ schema: JSONValue, depth: Int) -> (String, Bool)? {
        guard depth < greatestDepth else { return nil }
        var names: [Text] = schema["type"]?.textValue.map { [$0] } ?? []
        names += (schema["type"]?.arrayValue ?? []).compactMap(\.textValue)
        let isNullable = names.contains("null")
        names.removeAll { $0 == "null" }
        if names.isEmpty, let values = schema["enum"]?.arrayValue, !values.isEmpty,
            values.allSatisfy({ $0.textValue != nil })
        {
            return ("String", isNullable)
        }
        guard names.count == 1 else { return nil }
        switch names[0] {
        case "string": return ("String", isNullable)
        // Actions hold whole numbers only (`authority.md`), also where a schema says number.
        case "integer", "number": return ("Long", isNullable)
        case "boolean": return ("Bool", isNullable)
        case "object": return (record(schema, depth: depth), isNullable)
        case "array":
            guard let items = schema["items"], let (element, _) = type(items, depth: depth + 1) else { return nil }
            return ("Set<\(element)>", isNullable)
        default: return nil
        }
    }

    /// A string literal of the schema language.
    static func quoted(_ text: Text) -> String {
        var literal = "\""
        for scalar in text.string.unicodeScalars {
            switch scalar {
            case "\"", "\\": literal += "\\\(scalar)"
            case _ where scalar.value < 0x20 || scalar.value == 0x7F:
                literal += "\\u{\(String(scalar.value, radix: 16))}"
            default: literal.unicodeScalars.append(scalar)
            }
        }
        return literal + "\""
    }
}
