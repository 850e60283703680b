import CanonicalEncoding

/// Reads policies in JSON. Nothing is ignored: unknown members are refused, as are duplicate ones.
struct PolicyFormReader {
    /// A refusal and the node to blame.
    struct Failure: Error {
        let node: Int
        let message: String
    }

    let json: FlatJSON
    var builder = ExpressionBuilder()

    init(_ json: FlatJSON) {
        self.json = json
    }

    /// What a whole set holds, in the order of the document.
    struct Content {
        var policies: [CedarPolicy] = []
        var templates: [CedarPolicy] = []
        var links: [(node: Int, id: CedarString, link: TemplateLink)] = []
    }

    mutating func set(_ root: Int) throws(Failure) -> Content {
        try members(of: root, required: ["staticPolicies", "templates", "templateLinks"])
        var content = Content()
        for entry in try object(try required("staticPolicies", root)) {
            let policy = try policy(entry.node, id: CedarString(entry.name))
            guard policy.slots.isEmpty else {
                throw Failure(node: entry.node, message: "a static policy cannot have slots; put it under `templates`")
            }
            content.policies.append(policy)
        }
        for entry in try object(try required("templates", root)) {
            let template = try policy(entry.node, id: CedarString(entry.name))
            guard !template.slots.isEmpty else {
                throw Failure(node: entry.node, message: "a template needs a slot; put it under `staticPolicies`")
            }
            content.templates.append(template)
        }
        for node in try array(try required("templateLinks", root)) { content.links.append(try link(node)) }
        return content
    }

    private func link(_ node: Int) throws(Failure) -> (node: Int, id: CedarString, link: TemplateLink) {
        try members(of: node, required: ["templateId", "newId", "values"])
        var values: [CedarSlot: EntityUID] = [:]
        for entry in try object(try required("values", node)) {
            guard let slot = Self.slot(entry.name) else {
                throw Failure(node: entry.node, message: "a slot is `?principal` or `?resource`")
            }
            values[slot] = try entity(entry.node)
        }
        let template = CedarString(try text(try required("templateId", node)))
        let id = CedarString(try text(try required("newId", node)))
        return (node, id, TemplateLink(template: template, values: values))
    }

    mutating func policy(_ node: Int, id: CedarString) throws(Failure) -> CedarPolicy {
        try members(
            of: node, required: ["effect", "principal", "action", "resource", "conditions"], optional: ["annotations"])
        builder = ExpressionBuilder()
        let effectNode = try required("effect", node)
        guard let effect = CedarEffect(rawValue: try text(effectNode).string) else {
            throw Failure(node: effectNode, message: "an effect is `permit` or `forbid`")
        }
        let principal = try required("principal", node)
        let action = try required("action", node)
        let resource = try required("resource", node)
        let scope = (
            try constraint(principal, slot: .principal), try actionConstraint(action),
            try constraint(resource, slot: .resource)
        )
        let annotations = try annotations(json.member("annotations", of: node))
        var conditions: [CedarCondition] = []
        for condition in try array(try required("conditions", node)) {
            conditions.append(try self.condition(condition))
        }
        return CedarPolicy(
            id: id, effect: effect, annotations: annotations, principal: scope.0, action: scope.1, resource: scope.2,
            span: span(of: node),
            places: ScopePlaces(
                principal: ScopePlace(whole: span(of: principal)), action: ScopePlace(whole: span(of: action)),
                resource: ScopePlace(whole: span(of: resource))),
            conditions: conditions, tree: ExpressionTree(builder))
    }

    private mutating func condition(_ node: Int) throws(Failure) -> CedarCondition {
        try members(of: node, required: ["kind", "body"])
        let kindNode = try required("kind", node)
        let kind = try text(kindNode)
        guard kind == "when" || kind == "unless" else {
            throw Failure(node: kindNode, message: "a condition is of the kind `when` or `unless`")
        }
        let root = try expression(try required("body", node))
        return CedarCondition(isUnless: kind == "unless", root: root, span: span(of: node))
    }

    private func annotations(_ node: Int?) throws(Failure) -> [CedarAnnotation] {
        guard let node else { return [] }
        var annotations: [CedarAnnotation] = []
        for entry in try object(node) {
            guard Identifier.isAnyWord(entry.name.string) else {
                throw Failure(node: entry.node, message: "an annotation's name is an identifier")
            }
            var value: CedarString?
            if case .null = json.nodes[entry.node] {} else { value = CedarString(try text(entry.node)) }
            annotations.append(
                CedarAnnotation(name: CedarString(entry.name), value: value, span: span(of: entry.node)))
        }
        return annotations
    }

    // MARK: Places and types

    /// A node is named by the byte at which it starts.
    func span(of node: Int) -> SourceSpan { SourceSpan(start: json.offsets[node], end: json.offsets[node]) }

    func object(_ node: Int) throws(Failure) -> ArraySlice<FlatJSON.Entry> {
        guard case .object(let range) = json.nodes[node] else {
            throw Failure(node: node, message: "an object was expected")
        }
        return json.entries[range]
    }

    func array(_ node: Int) throws(Failure) -> [Int] {
        guard case .array(let range) = json.nodes[node] else {
            throw Failure(node: node, message: "an array was expected")
        }
        return json.entries[range].map(\.node)
    }

    func text(_ node: Int) throws(Failure) -> Text {
        guard case .string(let text) = json.nodes[node] else {
            throw Failure(node: node, message: "a string was expected")
        }
        return text
    }

    func required(_ name: Text, _ node: Int) throws(Failure) -> Int {
        guard let member = json.member(name, of: node) else {
            throw Failure(node: node, message: "the member `\(name)` is missing")
        }
        return member
    }

    /// Refuses every member that is not named here, and the absence of a required one.
    func members(of node: Int, required: [Text], optional: [Text] = []) throws(Failure) {
        for entry in try object(node) where !required.contains(entry.name) && !optional.contains(entry.name) {
            throw Failure(
                node: entry.node,
                message: "unknown member; known are \((required + optional).map(\.string).joined(separator: ", "))")
        }
        for name in required { _ = try self.required(name, node) }
    }

    static func slot(_ name: Text) -> CedarSlot? {
        if name == "?principal" { return .principal }
        return name == "?resource" ? .resource : nil
    }
}

/// Public doors.
extension PolicyFormReader {
    /// Deeper than any expression that is taken; the reader needs no stack for it.
    private static let maximumDepth = 16_384

    /// Reads text and lets `body` take it apart.
    static func read<Result>(
        _ text: String, _ body: (inout PolicyFormReader) throws(Failure) -> Result
    ) throws(CedarFormError) -> Result {
        let json: FlatJSON
        do {
            let limits = JSONLimits(bytes: 64 << 20, stringBytes: 1 << 20)
            json = try FlatJSON(Array(text.utf8), limits: limits, depth: maximumDepth)
        } catch {
            throw CedarFormError(message: "this is no JSON: \(error.code.rawValue) at byte \(error.position)", path: "")
        }
        if let place = JSONForm.negativeZero(in: text) {
            throw CedarFormError(message: "-0 is no integer, at byte \(place)", path: "")
        }
        return try read(json, body)
    }

    /// The same for a document that is already read.
    static func read<Result>(
        _ json: FlatJSON, _ body: (inout PolicyFormReader) throws(Failure) -> Result
    ) throws(CedarFormError) -> Result {
        var reader = PolicyFormReader(json)
        do {
            return try body(&reader)
        } catch {
            throw CedarFormError(message: error.message, path: json.path(of: error.node))
        }
    }
}

extension CedarPolicy {
    /// A policy or template from its JSON form.
    public init(json text: String, id: CedarString) throws(CedarFormError) {
        self = try PolicyFormReader.read(text) { (reader) throws(PolicyFormReader.Failure) in
            try reader.policy(reader.json.root, id: id)
        }
    }
}
