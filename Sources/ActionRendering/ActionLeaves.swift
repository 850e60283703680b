import CanonicalEncoding

/// One leaf of a document, as it is shown.
struct Leaf: Hashable {
    var path: Text
    var shown: ShownValue
}

/// Lays a JSON document out as leaves, members in the order of their names' bytes, so that documents which are equal are
/// shown alike.
struct ActionLeaves {
    private(set) var leaves: [Leaf] = []

    /// Everything below `path`.
    init(_ value: JSONValue, at path: Text) {
        layOut(value, at: path, names: [], isRoot: true)
    }

    /// `names` are the warnings about the names on the way here.
    private mutating func layOut(_ value: JSONValue, at path: Text, names: Set<Warning>, isRoot: Bool = false) {
        if let secret = SecretMark(value) {
            return append(ShownValue(kind: .secret, value: secret.shown), at: path, names: names)
        }
        switch value {
        case .array(let items) where !items.isEmpty:
            if let fold = fold(value, at: path, width: items.count, isRoot: isRoot) {
                return append(fold, at: path, names: names)
            }
            for (index, item) in items.enumerated() {
                layOut(item, at: ActionPath.appending(element: index, to: path), names: names)
            }
        case .object(let object) where !object.isEmpty:
            if let fold = fold(value, at: path, width: object.count, isRoot: isRoot) {
                return append(fold, at: path, names: names)
            }
            for member in object.members.sorted(by: { $0.name < $1.name }) {
                let own = ActionPath.isPlain(member.name) ? [] : DisplayText.escaped(member.name).1
                layOut(
                    member.value, at: ActionPath.appending(member: member.name, to: path), names: names.union(own))
            }
        default:
            append(Self.shown(value), at: path, names: names)
        }
    }

    private mutating func append(_ shown: ShownValue, at path: Text, names: Set<Warning>) {
        var shown = shown
        if !names.isEmpty { shown.warnings = Self.ordered(names.union(shown.warnings)) }
        leaves.append(Leaf(path: path, shown: shown))
    }

    private static func ordered(_ warnings: Set<Warning>) -> [Warning] {
        Warning.allCases.filter { warnings.contains($0) }
    }

    /// Nil where a container gets a row for each leaf; otherwise the container as one JSON text.
    private func fold(_ value: JSONValue, at path: Text, width: Int, isRoot: Bool) -> ShownValue? {
        let room = RenderingLimits.rows - leaves.count
        let isTooDeep = path.utf8.count > RenderingLimits.pathBytes
        // One large argument must not drag its neighbours along: the root is opened if its own members fit.
        let fits = isRoot ? width <= room : Self.leafCount(value, upTo: room) <= room
        if fits, !isTooDeep { return nil }
        let text = Self.shown(Text(CanonicalJSON.text(value)))
        let warnings = Set(text.warnings).union(fits ? [.folded] : [.folded, .uninspectable])
        return ShownValue(kind: .json, value: text.value, warnings: Self.ordered(warnings))
    }

    /// Stops as soon as the limit is passed.
    private static func leafCount(_ value: JSONValue, upTo limit: Int) -> Int {
        var count = 0
        var waiting = [value]
        while let next = waiting.popLast() {
            switch next {
            case .array(let items) where !items.isEmpty:
                if items.count > limit { return limit + 1 }
                waiting.append(contentsOf: items)
            case .object(let object) where !object.isEmpty:
                if object.count > limit { return limit + 1 }
                waiting.append(contentsOf: object.members.map(\.value))
            default: count += 1
            }
            if count > limit { return count }
        }
        return count
    }

    /// A leaf's value.
    private static func shown(_ value: JSONValue) -> ShownValue {
        switch value {
        case .null: ShownValue(kind: .null, value: "null")
        case .bool(let bool): ShownValue(kind: .boolean, value: bool ? "true" : "false")
        case .integer(let integer): ShownValue(kind: .integer, value: Text(String(integer)))
        case .double: ShownValue(kind: .number, value: Text(CanonicalJSON.text(value)))
        case .string(let text): shown(text)
        case .array: ShownValue(kind: .emptyList, value: "[]")
        case .object: ShownValue(kind: .emptyObject, value: "{}")
        }
    }

    private static func shown(_ text: Text) -> ShownValue {
        let reading = TextReading(text)
        let isReadable = !reading.isOpaque && text.utf8.count <= RenderingLimits.valueBytes
        let warnings = isReadable ? reading.warnings.list : [.uninspectable] + reading.warnings.list
        return ShownValue(kind: .text, value: reading.shown, warnings: warnings)
    }
}
