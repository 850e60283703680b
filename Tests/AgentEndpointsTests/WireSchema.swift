import CanonicalEncoding
import Foundation

/// As much of JSON Schema as `docs/reference/openapi.json` uses. A keyword that is not here is an error, so that nothing is
/// passed over in silence.
struct WireSchema {
    struct UnknownKeyword: Error { var name: Text }

    private static let annotations: Set<Text> = ["description", "title"]

    let document: JSONValue

    /// What about the value is not as the schema says, each with its path. With `isClosed`, a member that the schema does not
    /// describe is one of them: what a server answers has to be written down.
    func problems(_ value: JSONValue, _ schema: JSONValue, isClosed: Bool, at path: String = "$") throws -> [String] {
        if let target = schema["$ref"]?.stringValue {
            return try problems(value, resolved(target), isClosed: isClosed, at: path)
        }
        var found: [String] = []
        for keyword in schema.objectValue?.members ?? [] where !Self.annotations.contains(keyword.name) {
            if try !holds(keyword, value) { found.append("\(path) breaks \(keyword.name)") }
        }
        for (index, item) in (value.arrayValue ?? []).enumerated() {
            guard let items = schema["items"] else { break }
            found += try problems(item, items, isClosed: isClosed, at: "\(path)[\(index)]")
        }
        for member in value.objectValue?.members ?? [] {
            let below = "\(path).\(member.name)"
            if let described = schema["properties"]?[member.name] {
                found += try problems(member.value, described, isClosed: isClosed, at: below)
            } else if let any = schema["additionalProperties"], any.boolValue == nil {
                found += try problems(member.value, any, isClosed: isClosed, at: below)
            } else if Self.leavesOut(schema, isClosed: isClosed) {
                found.append("\(below) is not described")
            }
        }
        return found
    }

    private static func leavesOut(_ schema: JSONValue, isClosed: Bool) -> Bool {
        switch schema["additionalProperties"]?.boolValue {
        case true?: false
        case false?: true
        case nil: isClosed && schema["properties"] != nil
        }
    }

    func resolved(_ target: String) -> JSONValue {
        target.dropFirst(2).split(separator: "/").reduce(document) { $0[Text(String($1))] ?? .null }
    }

    private func holds(_ keyword: JSONObject.Member, _ value: JSONValue) throws -> Bool {
        let limit = Int(keyword.value.integerValue ?? 0)
        switch keyword.name.string {
        case "properties", "items": return true
        case "additionalProperties": return true
        case "type": return Self.type(of: value).contains(keyword.value.stringValue ?? "")
        case "enum": return keyword.value.arrayValue?.contains(value) == true
        case "const": return keyword.value == value
        case "required":
            return keyword.value.arrayValue?.allSatisfy { $0.textValue.map { value[$0] != nil } ?? false } == true
        case "pattern": return try Self.matches(value, keyword.value.stringValue ?? "")
        case "format": return value.stringValue.map { Timestamp(rfc3339: $0) != nil } ?? false
        case "minLength": return (value.textValue?.utf8.count ?? limit) >= limit
        case "maxItems": return (value.arrayValue?.count ?? 0) <= limit
        case "minProperties": return (value.objectValue?.count ?? limit) >= limit
        case "maxProperties": return (value.objectValue?.count ?? 0) <= limit
        default: throw UnknownKeyword(name: keyword.name)
        }
    }

    private static func matches(_ value: JSONValue, _ pattern: String) throws -> Bool {
        guard let text = value.stringValue else { return false }
        return try Regex(pattern).firstMatch(in: text) != nil
    }

    private static func type(of value: JSONValue) -> [String] {
        switch value {
        case .null: ["null"]
        case .bool: ["boolean"]
        case .integer: ["integer", "number"]
        case .double: ["number"]
        case .string: ["string"]
        case .array: ["array"]
        case .object: ["object"]
        }
    }
}
