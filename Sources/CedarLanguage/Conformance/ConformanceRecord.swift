import CanonicalEncoding

/// One line of recorded cases. Policies in JSON nest deeper than other documents, so it is read flat.
struct ConformanceRecord {
    let json: FlatJSON

    init(_ line: [UInt8]) throws(JSONReadingError) {
        json = try FlatJSON(line, limits: JSONLimits(bytes: 64 << 20, stringBytes: 32 << 20), depth: 16_384)
    }

    func member(_ name: Text) -> Int? { json.member(name, of: json.root) }

    func text(_ name: Text) -> String? { member(name).flatMap(text) }

    func text(_ node: Int) -> String? {
        if case .string(let text) = json.nodes[node] { text.string } else { nil }
    }

    func bool(_ node: Int?) -> Bool? {
        guard let node, case .bool(let bool) = json.nodes[node] else { return nil }
        return bool
    }

    func elements(_ node: Int?) -> [Int] {
        guard let node, case .array(let range) = json.nodes[node] else { return [] }
        return json.entries[range].map(\.node)
    }

    /// A part as a value of its own; nil when it is nested too deep for one.
    func value(_ node: Int?) -> JSONValue? {
        guard let node else { return nil }
        // Values inside of others stand before them, and a part is one stretch: it starts with its first innermost value.
        var start = node
        while let first = firstEntry(of: start) { start = json.entries[first].node }
        var built: [(value: JSONValue, depth: Int)] = []
        for index in start...node { built.append(value(json.nodes[index], built, start)) }
        return built.last.flatMap { $0.depth <= 64 ? $0.value : nil }
    }

    private func firstEntry(of node: Int) -> Int? {
        switch json.nodes[node] {
        case .array(let range), .object(let range): range.first
        default: nil
        }
    }

    private func value(
        _ node: FlatJSON.Node, _ built: [(value: JSONValue, depth: Int)], _ start: Int
    ) -> (value: JSONValue, depth: Int) {
        switch node {
        case .null: return (.null, 0)
        case .bool(let bool): return (.bool(bool), 0)
        case .integer(let integer): return (.integer(integer), 0)
        case .double(let double): return (.double(double), 0)
        case .string(let text): return (.string(text), 0)
        case .array(let range), .object(let range):
            let parts = json.entries[range].map { built[$0.node - start] }
            let depth = 1 + (parts.map(\.depth).max() ?? 0)
            // What is too deep is not built: freeing it would need the stack that this form does without.
            guard depth <= 64 else { return (.null, depth) }
            if case .array = node { return (.array(parts.map(\.value)), depth) }
            let members = zip(json.entries[range], parts).map { JSONObject.Member(name: $0.name, value: $1.value) }
            return (.object(JSONObject(members: members) ?? JSONObject()), depth)
        }
    }
}

extension FlatJSON {
    /// Whether two documents, or parts of them, say the same; the order of members does not matter. Needs no recursion.
    func says(_ node: Int, sameAs other: FlatJSON, _ otherNode: Int) -> Bool {
        var open = [(node, otherNode)]
        while let (left, right) = open.popLast() {
            switch (nodes[left], other.nodes[right]) {
            case (.null, .null): continue
            case (.bool(let a), .bool(let b)) where a == b: continue
            case (.integer(let a), .integer(let b)) where a == b: continue
            case (.double(let a), .double(let b)) where a == b: continue
            case (.string(let a), .string(let b)) where a == b: continue
            case (.array(let a), .array(let b)) where a.count == b.count:
                for (first, second) in zip(a, b) { open.append((entries[first].node, other.entries[second].node)) }
            case (.object(let a), .object(let b)) where a.count == b.count:
                for index in a {
                    guard let value = other.member(entries[index].name, of: right) else { return false }
                    open.append((entries[index].node, value))
                }
            default: return false
            }
        }
        return true
    }
}
