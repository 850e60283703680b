import CanonicalEncoding

/// Puts a document together from its leaves: the other direction of `ActionLeaves`. Each node is visited once.
struct ActionRebuilding {
    /// Changed in place, so that a list of many elements is not copied for each.
    private struct Node {
        enum Kind { case leaf, list, object }

        var kind: Kind
        var value: JSONValue = .null
        var children: [Int] = []
        var names: [Text] = []
        var position: [Text: Int] = [:]
    }

    private static let limits = JSONLimits(bytes: 16 << 20, depth: 128, stringBytes: 16 << 20)
    private var nodes = [Node(kind: .object)]

    /// False where the path is misspelt, names something that another row has, or skips an element.
    mutating func add(_ row: RenderingRow, at path: Text) -> Bool {
        guard let value = Self.value(row), let steps = ActionPath.steps(path), !steps.isEmpty, steps.count <= 200
        else { return false }
        var node = 0
        for (depth, step) in steps.enumerated() {
            let isLast = depth == steps.count - 1
            let kind: Node.Kind =
                if isLast {
                    .leaf
                } else if case .element = steps[depth + 1] {
                    .list
                } else {
                    .object
                }
            guard let child = child(of: node, step, fresh: kind) else { return false }
            node = child
        }
        nodes[node].value = value
        return true
    }

    /// The node that the step leads to, made as `kind` where it is new. A leaf is always new.
    private mutating func child(of parent: Int, _ step: ActionPath.Step, fresh kind: Node.Kind) -> Int? {
        let new = nodes.count
        switch (nodes[parent].kind, step) {
        case (.list, .element(let index)):
            // Rows of one list come in order, so a row belongs to the newest element or opens the next.
            let count = nodes[parent].children.count
            guard index == count else {
                return kind != .leaf && index == count - 1 ? nodes[parent].children[index] : nil
            }
        case (.object, .member(let name)):
            if let known = nodes[parent].position[name] {
                return kind == .leaf ? nil : nodes[parent].children[known]
            }
            nodes[parent].position[name] = nodes[parent].children.count
            nodes[parent].names.append(name)
        default: return nil
        }
        nodes[parent].children.append(new)
        nodes.append(Node(kind: kind))
        return new
    }

    var json: JSONValue? { value(of: 0) }

    private func value(of index: Int) -> JSONValue? {
        let node = nodes[index]
        switch node.kind {
        case .leaf: return node.value
        case .list:
            var items: [JSONValue] = []
            for child in node.children {
                guard let item = value(of: child) else { return nil }
                items.append(item)
            }
            return .array(items)
        case .object:
            var members: [JSONObject.Member] = []
            for (name, child) in zip(node.names, node.children) {
                guard let value = value(of: child) else { return nil }
                members.append(JSONObject.Member(name: name, value: value))
            }
            return JSONObject(members: members).map { .object($0) }
        }
    }

    /// Nil unless the value is spelt as the renderer spells it.
    private static func value(_ row: RenderingRow) -> JSONValue? {
        switch row.kind {
        case .text: return DisplayText.unescaped(row.value).map { .string($0) }
        case .integer: return Int64(row.value.string).flatMap { "\($0)" == row.value ? .integer($0) : nil }
        case .number:
            let value = Double(row.value.string).map { JSONValue.double($0) }
            return value.flatMap { Text(CanonicalJSON.text($0)) == row.value ? $0 : nil }
        case .boolean: return row.value == "true" ? true : row.value == "false" ? false : nil
        case .null: return row.value == "null" ? JSONValue.null : nil
        case .emptyObject: return row.value == "{}" ? .object(JSONObject()) : nil
        case .emptyList: return row.value == "[]" ? .array([]) : nil
        case .secret: return SecretMark(shown: row.value)?.json
        case .json:
            guard let text = DisplayText.unescaped(row.value) else { return nil }
            return try? JSONReader.read(Array(text.utf8), limits: limits)
        }
    }
}
