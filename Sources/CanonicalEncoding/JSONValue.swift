/// A JSON document as data: what the strict reader produces and the canonical writer consumes.
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

/// The members of a JSON object in the order in which they stood; names are unique by bytes.
///
/// Equality ignores the order of members.
package struct JSONObject: Sendable {
    package struct Member: Hashable, Sendable {
        package var name: Text
        package var value: JSONValue

        package init(name: Text, value: JSONValue) {
            self.name = name
            self.value = value
        }
    }

    package private(set) var members: [Member]

    package init() {
        members = []
    }

    /// Nil when a name occurs twice.
    package init?(members: [Member]) {
        guard Set(members.map(\.name)).count == members.count else { return nil }
        self.members = members
    }

    /// The reader has checked uniqueness already.
    init(uncheckedMembers members: [Member]) {
        self.members = members
    }

    package subscript(name: Text) -> JSONValue? {
        get { members.first { $0.name == name }?.value }
        set {
            let index = members.firstIndex { $0.name == name }
            switch (index, newValue) {
            case (let index?, let value?): members[index].value = value
            case (let index?, nil): members.remove(at: index)
            case (nil, let value?): members.append(Member(name: name, value: value))
            case (nil, nil): break
            }
        }
    }

    package var isEmpty: Bool { members.isEmpty }
    package var count: Int { members.count }
}

extension JSONObject: Hashable {
    package static func == (left: JSONObject, right: JSONObject) -> Bool {
        guard left.members.count == right.members.count else { return false }
        return left.members.sorted { $0.name < $1.name } == right.members.sorted { $0.name < $1.name }
    }

    package func hash(into hasher: inout Hasher) {
        hasher.combine(members.count)
        for member in members.sorted(by: { $0.name < $1.name }) { hasher.combine(member) }
    }
}

extension JSONObject: ExpressibleByDictionaryLiteral {
    /// A literal in our own source; the last of two equal names wins, so do not write one.
    package init(dictionaryLiteral elements: (Text, JSONValue)...) {
        members = []
        for (name, value) in elements { self[name] = value }
    }
}

extension JSONValue: ExpressibleByStringLiteral, ExpressibleByStringInterpolation, ExpressibleByIntegerLiteral,
    ExpressibleByBooleanLiteral, ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral, ExpressibleByNilLiteral
{
    package init(stringLiteral value: String) { self = .string(Text(value)) }
    package init(integerLiteral value: Int64) { self = .integer(value) }
    package init(booleanLiteral value: Bool) { self = .bool(value) }
    package init(arrayLiteral elements: JSONValue...) { self = .array(elements) }
    package init(nilLiteral: ()) { self = .null }
    package init(dictionaryLiteral elements: (Text, JSONValue)...) {
        var object = JSONObject()
        for (name, value) in elements { object[name] = value }
        self = .object(object)
    }
}

extension JSONValue {
    package var objectValue: JSONObject? { if case .object(let object) = self { object } else { nil } }
    package var arrayValue: [JSONValue]? { if case .array(let array) = self { array } else { nil } }
    package var textValue: Text? { if case .string(let text) = self { text } else { nil } }
    package var stringValue: String? { textValue?.string }
    package var integerValue: Int64? { if case .integer(let integer) = self { integer } else { nil } }
    package var boolValue: Bool? { if case .bool(let bool) = self { bool } else { nil } }
    package var isNull: Bool { self == .null }
    /// The member of that name, nil when this is no object or has none.
    package subscript(name: Text) -> JSONValue? { objectValue?[name] }
}
