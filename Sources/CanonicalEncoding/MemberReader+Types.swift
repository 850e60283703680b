/// Members of a certain type: a missing one throws `missing_member`, one of another type `wrong_type`. The optional variants
/// answer nil where the member is absent.
extension MemberReader {
    package mutating func text(_ name: Text) throws(MemberError) -> Text {
        try typed(required(name), name, \.textValue)
    }

    package mutating func optionalText(_ name: Text) throws(MemberError) -> Text? {
        try optionallyTyped(name, \.textValue)
    }

    package mutating func integer(_ name: Text) throws(MemberError) -> Int64 {
        try typed(required(name), name, \.integerValue)
    }

    package mutating func optionalInteger(_ name: Text) throws(MemberError) -> Int64? {
        try optionallyTyped(name, \.integerValue)
    }

    package mutating func bool(_ name: Text) throws(MemberError) -> Bool {
        try typed(required(name), name, \.boolValue)
    }

    package mutating func optionalBool(_ name: Text) throws(MemberError) -> Bool? {
        try optionallyTyped(name, \.boolValue)
    }

    package mutating func object(_ name: Text) throws(MemberError) -> JSONObject {
        try typed(required(name), name, \.objectValue)
    }

    package mutating func optionalObject(_ name: Text) throws(MemberError) -> JSONObject? {
        try optionallyTyped(name, \.objectValue)
    }

    package mutating func array(_ name: Text) throws(MemberError) -> [JSONValue] {
        try typed(required(name), name, \.arrayValue)
    }

    package mutating func optionalArray(_ name: Text) throws(MemberError) -> [JSONValue]? {
        try optionallyTyped(name, \.arrayValue)
    }

    /// A reader for the object of that name, which knows its path.
    package mutating func reader(_ name: Text) throws(MemberError) -> MemberReader {
        MemberReader(try object(name), path: path(of: name))
    }

    package mutating func optionalReader(_ name: Text) throws(MemberError) -> MemberReader? {
        try optionalObject(name).map { MemberReader($0, path: path(of: name)) }
    }

    /// The texts of an array; `wrong_type` names the element that is none.
    package mutating func texts(_ name: Text) throws(MemberError) -> [Text] {
        try texts(of: array(name), name)
    }

    package mutating func optionalTexts(_ name: Text) throws(MemberError) -> [Text]? {
        guard let elements = try optionalArray(name) else { return nil }
        return try texts(of: elements, name)
    }

    /// An RFC 3339 time; `invalid_value` where the text is none.
    package mutating func timestamp(_ name: Text) throws(MemberError) -> Timestamp {
        try parsed(text(name), name) { Timestamp(rfc3339: $0.string) }
    }

    package mutating func optionalTimestamp(_ name: Text) throws(MemberError) -> Timestamp? {
        guard let text = try optionalText(name) else { return nil }
        return try parsed(text, name) { Timestamp(rfc3339: $0.string) }
    }

    /// A `sha-256:…` digest; `invalid_value` where the text is none.
    package mutating func digest(_ name: Text) throws(MemberError) -> Digest {
        try parsed(text(name), name) { Digest(wire: $0.string) }
    }

    package mutating func optionalDigest(_ name: Text) throws(MemberError) -> Digest? {
        guard let text = try optionalText(name) else { return nil }
        return try parsed(text, name) { Digest(wire: $0.string) }
    }

    /// `invalid_value` where the text does not give a value: for identifiers and closed sets of words.
    package func parsed<Value>(
        _ text: Text, _ name: Text, _ parse: (Text) -> Value?
    ) throws(MemberError) -> Value {
        guard let value = parse(text) else { throw error(.invalidValue, name) }
        return value
    }

    private func texts(of elements: [JSONValue], _ name: Text) throws(MemberError) -> [Text] {
        var texts: [Text] = []
        for (index, element) in elements.enumerated() {
            guard let text = element.textValue else {
                throw MemberError(code: .wrongType, path: path(of: name, element: index))
            }
            texts.append(text)
        }
        return texts
    }

    private func typed<Value>(
        _ value: JSONValue, _ name: Text, _ type: (JSONValue) -> Value?
    ) throws(MemberError) -> Value {
        guard let typed = type(value) else { throw error(.wrongType, name) }
        return typed
    }

    private mutating func optionallyTyped<Value>(
        _ name: Text, _ type: (JSONValue) -> Value?
    ) throws(MemberError) -> Value? {
        guard let value = optional(name) else { return nil }
        return try typed(value, name, type)
    }
}
