package import CanonicalEncoding

/// The wire form of renderings: canonical JSON of it is what `rendering_digest` covers.
extension Rendering {
    private static let type: Text = "countersign.rendering.v1"

    /// Escapes can make a value longer than an action's own limits allow; read a stored rendering with these.
    package static let readingLimits = JSONLimits(bytes: 64 << 20, depth: 8, stringBytes: 16 << 20)

    package var document: CanonicalDocument {
        CanonicalDocument(capacity: 4096) { writer in
            writer.object { members in
                members.member("approvable", isApprovable)
                members.member("changes") { $0.array(changes) { $1.write(to: &$0) } }
                members.member("facts") { $0.array(facts) { $1.write(to: &$0) } }
                members.member("marks") { $0.array(marks) { $0.value(Text($1.rawValue)) } }
                members.member("rows") { $0.array(rows) { $1.write(to: &$0) } }
                members.member("type", Self.type)
                members.member("untrusted") { $0.array(untrusted) { $1.write(to: &$0) } }
            }
        }
    }

    /// Reads a stored rendering; see `init(json:)`.
    package init(document: CanonicalDocument) throws(MemberError) {
        let json: JSONValue
        do { json = try document.json(limits: Self.readingLimits) } catch {
            throw MemberError(code: .invalidValue, path: "rendering")
        }
        try self.init(json: json)
    }

    /// Reads a stored rendering. Strict: nothing unknown, every value spelt as the renderer spells it and therefore safe to
    /// display, and not approvable where something is uninspectable.
    package init(json: JSONValue) throws(MemberError) {
        var reader = try MemberReader(json, path: "rendering")
        guard try reader.text("type") == Self.type else { throw reader.error(.invalidValue, "type") }
        isApprovable = try reader.bool("approvable")
        marks = try Self.list(reader.array("marks"), "rendering.marks") { value, path throws(MemberError) in
            try Self.word(value, path)
        }
        rows = try Self.list(reader.array("rows"), "rendering.rows", RenderingRow.init(json:path:))
        facts = try Self.list(reader.array("facts"), "rendering.facts", RenderingRow.init(json:path:))
        changes = try Self.list(reader.array("changes"), "rendering.changes", RenderedChange.init(json:path:))
        untrusted = try Self.list(reader.array("untrusted"), "rendering.untrusted", UntrustedText.init(json:path:))
        try reader.finish()
        if isApprovable, rows.contains(where: { $0.warnings.contains(.uninspectable) }) {
            throw MemberError(code: .invalidValue, path: "rendering.approvable")
        }
    }

    fileprivate static func list<Element>(
        _ items: [JSONValue], _ path: Text, _ read: (JSONValue, Text) throws(MemberError) -> Element
    ) throws(MemberError) -> [Element] {
        var list: [Element] = []
        list.reserveCapacity(items.count)
        for (index, item) in items.enumerated() { list.append(try read(item, "\(path)[\(index)]")) }
        return list
    }

    /// One of a closed set of words.
    fileprivate static func word<Word: RawRepresentable<String>>(
        _ value: JSONValue, _ path: Text
    ) throws(MemberError) -> Word {
        guard let text = value.textValue else { throw MemberError(code: .wrongType, path: path) }
        guard let word = Word(rawValue: text.string) else { throw MemberError(code: .invalidValue, path: path) }
        return word
    }

    fileprivate static func warnings(_ items: [JSONValue], _ path: Text) throws(MemberError) -> [Warning] {
        try list(items, path) { value, path throws(MemberError) in try word(value, path) }
    }

    /// A text that `DisplayText.escaped` could have written.
    fileprivate static func safe(_ text: Text, _ path: Text) throws(MemberError) -> Text {
        guard DisplayText.unescaped(text) != nil else { throw MemberError(code: .invalidValue, path: path) }
        return text
    }

    /// A path: it may end in a quoted name, so it is checked by its own grammar.
    fileprivate static func path(_ text: Text?, _ path: Text) throws(MemberError) -> Text? {
        guard let text else { return nil }
        guard ActionPath.steps(text) != nil else { throw MemberError(code: .invalidValue, path: path) }
        return text
    }

}

extension CanonicalWriter {
    /// An empty list is left out.
    fileprivate mutating func warnings(_ warnings: [Warning]) {
        guard !warnings.isEmpty else { return }
        member("warnings") { $0.array(warnings) { $0.value(Text($1.rawValue)) } }
    }
}

extension RenderingRow {
    /// `plain` emphasis and an empty list of warnings are left out.
    func write(to writer: inout CanonicalWriter) {
        writer.object { members in
            if emphasis != .plain { members.member("emphasis", Text(emphasis.rawValue)) }
            members.member("kind", Text(kind.rawValue))
            members.member("label", label)
            if let path { members.member("path", path) }
            members.member("section", Text(section.rawValue))
            members.member("value", value)
            members.warnings(warnings)
        }
    }

    init(json: JSONValue, path: Text) throws(MemberError) {
        var reader = try MemberReader(json, path: path)
        section = try Rendering.word(reader.required("section"), "\(path).section")
        label = try Rendering.safe(reader.text("label"), "\(path).label")
        kind = try Rendering.word(reader.required("kind"), "\(path).kind")
        value = try Rendering.safe(reader.text("value"), "\(path).value")
        self.path = try Rendering.path(reader.optionalText("path"), "\(path).path")
        warnings = try Rendering.warnings(reader.optionalArray("warnings") ?? [], "\(path).warnings")
        emphasis =
            try reader.optional("emphasis").map { value throws(MemberError) in
                try Rendering.word(value, "\(path).emphasis")
            } ?? .plain
        try reader.finish()
    }
}

extension ShownValue {
    func write(to writer: inout CanonicalWriter) {
        writer.object { members in
            members.member("kind", Text(kind.rawValue))
            members.member("value", value)
            members.warnings(warnings)
        }
    }

    init(json: JSONValue, path: Text) throws(MemberError) {
        var reader = try MemberReader(json, path: path)
        kind = try Rendering.word(reader.required("kind"), "\(path).kind")
        value = try Rendering.safe(reader.text("value"), "\(path).value")
        warnings = try Rendering.warnings(reader.optionalArray("warnings") ?? [], "\(path).warnings")
        try reader.finish()
    }
}

extension RenderedChange {
    func write(to writer: inout CanonicalWriter) {
        writer.object { members in
            if let after { members.member("after") { after.write(to: &$0) } }
            if let before { members.member("before") { before.write(to: &$0) } }
            members.member("path", path)
        }
    }

    init(json: JSONValue, path: Text) throws(MemberError) {
        var reader = try MemberReader(json, path: path)
        guard let place = try Rendering.path(reader.text("path"), "\(path).path") else {
            throw reader.error(.missingMember, "path")
        }
        self.path = place
        before = try reader.optional("before").map { value throws(MemberError) in
            try ShownValue(json: value, path: "\(path).before")
        }
        after = try reader.optional("after").map { value throws(MemberError) in
            try ShownValue(json: value, path: "\(path).after")
        }
        try reader.finish()
        guard before != after else { throw MemberError(code: .invalidValue, path: path) }
    }
}

extension UntrustedText {
    func write(to writer: inout CanonicalWriter) {
        writer.object { members in
            members.member("label", label)
            if let path { members.member("path", path) }
            members.member("value", value)
            members.warnings(warnings)
        }
    }

    init(json: JSONValue, path: Text) throws(MemberError) {
        var reader = try MemberReader(json, path: path)
        label = try Rendering.safe(reader.text("label"), "\(path).label")
        value = try Rendering.safe(reader.text("value"), "\(path).value")
        self.path = try Rendering.path(reader.optionalText("path"), "\(path).path")
        warnings = try Rendering.warnings(reader.optionalArray("warnings") ?? [], "\(path).warnings")
        try reader.finish()
    }
}
