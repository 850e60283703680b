/// A JSON document as data: what the strict reader produces and the canonical writer consumes.
///
/// `1` and `1.0` are different values here and the same number on the wire: RFC 8785 writes both as `1`.
package enum JSONValue: Hashable, Sendable {
    case null
    case bool(Bool)
    /// An integer literal that fits 64 bits, kept exact.
    case integer(Int64)
    /// Any other number, finite. Never `-0`.
    case double(Double)
    case string(Text)
    case array([JSONValue])
    case object(JSONObject)
}

extension JSONValue: ExpressibleByStringLiteral, ExpressibleByStringInterpolation, ExpressibleByIntegerLiteral,
    ExpressibleByFloatLiteral, ExpressibleByBooleanLiteral, ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral,
    ExpressibleByNilLiteral
{
    package init(stringLiteral value: String) { self = .string(Text(value)) }
    package init(integerLiteral value: Int64) { self = .integer(value) }
    package init(floatLiteral value: Double) { self = .double(value) }
    package init(booleanLiteral value: Bool) { self = .bool(value) }
    package init(arrayLiteral elements: JSONValue...) { self = .array(elements) }
    package init(nilLiteral: ()) { self = .null }
    package init(dictionaryLiteral elements: (Text, JSONValue)...) {
        self = .object(JSONObject(literal: elements))
    }
}

extension JSONValue {
    package var objectValue: JSONObject? { if case .object(let object) = self { object } else { nil } }
    package var arrayValue: [JSONValue]? { if case .array(let array) = self { array } else { nil } }
    package var textValue: Text? { if case .string(let text) = self { text } else { nil } }
    package var stringValue: String? { textValue?.string }
    package var integerValue: Int64? { if case .integer(let integer) = self { integer } else { nil } }
    package var doubleValue: Double? { if case .double(let double) = self { double } else { nil } }
    package var boolValue: Bool? { if case .bool(let bool) = self { bool } else { nil } }
    package var isNull: Bool { if case .null = self { true } else { false } }
    /// The member of that name, nil when this is no object or has none.
    package subscript(name: Text) -> JSONValue? { objectValue?[name] }
}
