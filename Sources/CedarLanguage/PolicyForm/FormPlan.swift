import CanonicalEncoding

/// How each node of a tree is written in JSON, piece by piece.
struct FormPlan {
    enum Work {
        case raw(String)
        case node(NodeIndex)
    }

    /// `has a.b.c` is written as `has a && a has b && …`, which repeats its operand, up to so many repeated nodes in a policy;
    /// beyond that it is written with a list of names, so that nested paths do not grow without bound.
    private static let maximumRepetition = 1 << 18

    private let tree: ExpressionTree
    /// How many nodes each one is when written out, as far as that matters.
    private var sizes: [Int] = []
    private var repeatedPaths: Set<NodeIndex> = []

    init(_ tree: ExpressionTree, roots: [NodeIndex]) {
        self.tree = tree
        var left = Self.maximumRepetition
        let isUsed = tree.reachable(from: roots)
        for (index, node) in tree.nodes.enumerated() {
            var size = 1
            guard isUsed[index] else {
                sizes.append(size)
                continue
            }
            for child in node.children(tree) { size = min(size + sizes[Int(child)], Self.maximumRepetition) }
            if case .has(let operand, let names) = node, tree.lists[Int(names)].count > 1 {
                let repeated = sizes[Int(operand)] * tree.lists[Int(names)].count
                if repeated <= left {
                    left -= repeated
                    size = repeated
                    repeatedPaths.insert(NodeIndex(index))
                }
            }
            sizes.append(size)
        }
    }

    func steps(_ index: NodeIndex) -> [Work] {
        switch tree.nodes[Int(index)] {
        case .literal(let literal): [.raw("{\"Value\":\(Self.literal(tree.literals[Int(literal)]))}")]
        case .variable(let variable): [.raw("{\"Var\":\"\(variable.rawValue)\"}")]
        case .and(let list): chain(tree.lists[Int(list)]) { _ in "&&" }
        case .or(let list): chain(tree.lists[Int(list)]) { _ in "||" }
        case .sum(let list): chain(tree.lists[Int(list)]) { $0 < 0 ? "-" : "+" }
        case .product(let list): chain(tree.lists[Int(list)]) { _ in "*" }
        case .not(let operand): argument("!", operand)
        case .negate(let operand): argument("neg", operand)
        case .isEmpty(let operand): argument("isEmpty", operand)
        case .conditional(let condition, let yes, let no):
            [
                .raw("{\"if-then-else\":{\"if\":"), .node(condition), .raw(",\"then\":"), .node(yes),
                .raw(",\"else\":"), .node(no), .raw("}}"),
            ]
        case .binary(let name, let left, let right):
            [.raw("{\"\(name.spelling)\":{\"left\":"), .node(left), .raw(",\"right\":"), .node(right), .raw("}}")]
        case .isType(let operand, let type): left("is", operand, ",\"entity_type\":\(typeName(type))")
        case .isTypeIn(let operand, let type, let container):
            [
                .raw("{\"is\":{\"left\":"), .node(operand), .raw(",\"entity_type\":\(typeName(type)),\"in\":"),
                .node(container), .raw("}}"),
            ]
        case .has(let operand, let names): has(operand, names, isRepeated: repeatedPaths.contains(index))
        case .attribute(let operand, let name): left(".", operand, ",\"attr\":\(quoted(name))")
        case .like(let operand, let pattern):
            left("like", operand, ",\"pattern\":[\(Self.elements(tree.patterns[Int(pattern)]))]")
        case .set(let list): items("{\"Set\":[", tree.lists[Int(list)].map { ("", $0) }, "]}")
        case .record(let list, let names):
            items(
                "{\"Record\":{", zip(tree.lists[Int(names)], tree.lists[Int(list)]).map { (quoted($0) + ":", $1) }, "}}"
            )
        case .call(let function, let list):
            items("{\"\(function.rawValue)\":[", tree.lists[Int(list)].map { ("", $0) }, "]}")
        }
    }

    private func quoted(_ name: Int32) -> String { PolicyFormWriter.quoted(tree.names[Int(name)]) }

    private func typeName(_ type: Int32) -> String { PolicyFormWriter.quoted(tree.types[Int(type)].name) }

    private func argument(_ name: String, _ operand: NodeIndex) -> [Work] {
        [.raw("{\"\(name)\":{\"arg\":"), .node(operand), .raw("}}")]
    }

    private func left(_ name: String, _ operand: NodeIndex, _ rest: String) -> [Work] {
        [.raw("{\"\(name)\":{\"left\":"), .node(operand), .raw("\(rest)}}")]
    }

    private func items(_ start: String, _ items: [(label: String, node: NodeIndex)], _ end: String) -> [Work] {
        var work: [Work] = [.raw(start)]
        for (index, item) in items.enumerated() {
            work += [.raw((index == 0 ? "" : ",") + item.label), .node(item.node)]
        }
        return work + [.raw(end)]
    }

    /// Nested to the left, as the operators associate.
    private func chain(_ operands: [NodeIndex], _ spelling: (NodeIndex) -> String) -> [Work] {
        guard let first = operands.first else { return [] }
        let links = operands.dropFirst()
        var work: [Work] = [.raw(links.reversed().map { "{\"\(spelling($0))\":{\"left\":" }.joined())]
        work.append(.node(first))
        for operand in links { work += [.raw(",\"right\":"), .node(operand < 0 ? ~operand : operand), .raw("}}")] }
        return work
    }

    private func has(_ operand: NodeIndex, _ list: Int32, isRepeated: Bool) -> [Work] {
        let names = tree.lists[Int(list)]
        if names.count == 1 { return left("has", operand, ",\"attr\":\(quoted(names[0]))") }
        guard isRepeated else {
            return left("has", operand, ",\"attr\":[\(names.map(quoted).joined(separator: ","))]")
        }
        var work: [Work] = [.raw(String(repeating: "{\"&&\":{\"left\":", count: names.count - 1))]
        for depth in names.indices {
            if depth > 0 { work.append(.raw(",\"right\":")) }
            work.append(.raw("{\"has\":{\"left\":" + String(repeating: "{\".\":{\"left\":", count: depth)))
            work.append(.node(operand))
            let attributes = names[..<depth].map { ",\"attr\":\(quoted($0))}}" }.joined()
            work.append(.raw("\(attributes),\"attr\":\(quoted(names[depth]))}}" + (depth > 0 ? "}}" : "")))
        }
        return work
    }

    /// Trees of policies hold plain values only; the others become nodes.
    private static func literal(_ value: CedarValue) -> String {
        switch value {
        case .bool(let bool): bool ? "true" : "false"
        case .long(let long): "\(long)"
        case .string(let string): PolicyFormWriter.quoted(string)
        case .entity(let uid): "{\"__entity\":\(PolicyFormWriter.entity(uid))}"
        default: "null"
        }
    }

    /// Every character by itself.
    private static func elements(_ pattern: LikePattern) -> String {
        pattern.stretches.map { stretch in
            String(decoding: stretch, as: UTF8.self).unicodeScalars
                .map { "{\"Literal\":\(PolicyFormWriter.quoted(CedarString(String($0))))}" }.joined(separator: ",")
        }.enumerated().flatMap { $0 == 0 ? [$1] : ["\"Wildcard\"", $1] }
            .filter { !$0.utf8.isEmpty }.joined(separator: ",")
    }
}

extension BinaryOperator {
    /// As in policy text and in the JSON form.
    var spelling: String {
        switch self {
        case .equal: "=="
        case .notEqual: "!="
        case .less: "<"
        case .lessOrEqual: "<="
        case .greater: ">"
        case .greaterOrEqual: ">="
        case .isIn: "in"
        case .hasTag: "hasTag"
        case .getTag: "getTag"
        case .contains: "contains"
        case .containsAll: "containsAll"
        case .containsAny: "containsAny"
        }
    }

    /// Whether it is written as a method.
    var isMethod: Bool {
        switch self {
        case .hasTag, .getTag, .contains, .containsAll, .containsAny: true
        default: false
        }
    }
}
