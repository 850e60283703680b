package import CanonicalEncoding

/// The body of every refusal: `application/problem+json` (RFC 9457) with Countersign's members.
package struct ProblemDocument: Hashable, Sendable {
    package static let mediaType = "application/problem+json"
    private static let typePrefix: Text = "urn:countersign:problem:"

    package var code: ProblemCode
    /// What happened this time, in one sentence; never a secret, never another's data.
    package var detail: Text
    /// What the caller can do about it.
    package var hint: Text?
    /// Offset in bytes, where a document was refused for how it is written.
    package var position: Int64?
    /// The request id: what to ask the operator about.
    package var instance: Text?

    package init(code: ProblemCode, detail: Text, hint: Text? = nil, position: Int64? = nil, instance: Text? = nil) {
        self.code = code
        self.detail = detail
        self.hint = hint
        self.position = position
        self.instance = instance
    }

    package var json: JSONValue {
        var object: JSONObject = [
            "type": .string("\(Self.typePrefix)\(code.rawValue)"),
            "title": .string(Text(code.title)),
            "status": .integer(Int64(code.status)),
            "detail": .string(detail),
            "code": .string(Text(code.rawValue)),
            "hint": .string(hint ?? Text(code.advice)),
        ]
        if let position { object["position"] = .integer(position) }
        if let instance { object["instance"] = .string("urn:countersign:call:\(instance)") }
        return .object(object)
    }

    /// Reads what a server sent. Unknown members are ignored, and an unknown code gives nil: the server may be newer.
    package init?(json: JSONValue) {
        guard let word = json["code"]?.stringValue, let code = ProblemCode(rawValue: word) else { return nil }
        let instance = json["instance"]?.textValue.flatMap { text -> Text? in
            let prefix = "urn:countersign:call:".utf8
            return text.utf8.starts(with: prefix) ? Text(utf8: text.utf8.dropFirst(prefix.count)) : nil
        }
        self.init(
            code: code, detail: json["detail"]?.textValue ?? Text(code.title), hint: json["hint"]?.textValue,
            position: json["position"]?.integerValue, instance: instance)
    }
}
