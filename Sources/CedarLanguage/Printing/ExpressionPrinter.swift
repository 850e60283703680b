/// Writes expressions as policy text with as few parentheses as the grammar allows, without recursion.
struct ExpressionPrinter {
    private enum Work {
        case raw(String)
        /// The weakest binding that can stand here without parentheses.
        case node(NodeIndex, Binding)
    }

    /// From weak to strong, as in the grammar.
    private enum Binding: Int {
        case conditional, or, and, relation, sum, product, sign, member
    }

    private let tree: ExpressionTree

    init(_ tree: ExpressionTree) {
        self.tree = tree
    }

    func text(_ root: NodeIndex) -> String {
        var output = ""
        var work: [Work] = [.node(root, .conditional)]
        while let next = work.popLast() {
            switch next {
            case .raw(let text): output += text
            case .node(let index, let context):
                let steps = steps(index)
                if binding(index).rawValue < context.rawValue {
                    output += "("
                    work.append(.raw(")"))
                }
                work += steps.reversed()
            }
        }
        return output
    }

    private func binding(_ index: NodeIndex) -> Binding {
        switch tree.nodes[Int(index)] {
        case .conditional: .conditional
        case .or: .or
        case .and: .and
        case .binary(let name, _, _): name.isMethod ? .member : .relation
        case .isType, .isTypeIn, .has, .like: .relation
        case .sum: .sum
        case .product: .product
        case .not, .negate: .sign
        case .literal(let literal):
            if case .long(let long) = tree.literals[Int(literal)], long < 0 { .sign } else { .member }
        case .variable, .attribute, .isEmpty, .set, .record, .call: .member
        }
    }

    private func steps(_ index: NodeIndex) -> [Work] {
        switch tree.nodes[Int(index)] {
        case .literal(let literal): [.raw(Self.literal(tree.literals[Int(literal)]))]
        case .variable(let variable): [.raw(variable.rawValue)]
        case .or(let list): chain(tree.lists[Int(list)], .and) { _ in " || " }
        case .and(let list): chain(tree.lists[Int(list)], .relation) { _ in " && " }
        case .sum(let list): chain(tree.lists[Int(list)], .product) { $0 < 0 ? " - " : " + " }
        case .product(let list): chain(tree.lists[Int(list)], .sign) { _ in " * " }
        case .not(let operand): signed("!", operand)
        case .negate(let operand): signed("-", operand)
        case .conditional(let condition, let yes, let no):
            [
                .raw("if "), .node(condition, .conditional), .raw(" then "), .node(yes, .conditional), .raw(" else "),
                .node(no, .conditional),
            ]
        case .binary(let name, let left, let right):
            name.isMethod
                ? [.node(left, .member), .raw(".\(name.spelling)("), .node(right, .conditional), .raw(")")]
                : [.node(left, .sum), .raw(" \(name.spelling) "), .node(right, .sum)]
        case .isType(let operand, let type): [.node(operand, .sum), .raw(" is \(tree.types[Int(type)])")]
        case .isTypeIn(let operand, let type, let container):
            [.node(operand, .sum), .raw(" is \(tree.types[Int(type)]) in "), .node(container, .sum)]
        case .has(let operand, let names):
            [.node(operand, .sum), .raw(" has " + tree.lists[Int(names)].map(name).joined(separator: "."))]
        case .attribute(let operand, let name): [.node(operand, .member), .raw(access(name))]
        case .like(let operand, let pattern):
            [.node(operand, .sum), .raw(" like \(tree.patterns[Int(pattern)].literal)")]
        case .isEmpty(let operand): [.node(operand, .member), .raw(".isEmpty()")]
        case .set(let list): items("[", tree.lists[Int(list)].map { ("", $0) }, "]")
        case .record(let list, let names):
            items("{", zip(tree.lists[Int(names)], tree.lists[Int(list)]).map { (name($0) + ": ", $1) }, "}")
        case .call(let function, let list): call(function, tree.lists[Int(list)])
        }
    }

    private func chain(_ operands: [NodeIndex], _ binding: Binding, _ spelling: (NodeIndex) -> String) -> [Work] {
        operands.enumerated().flatMap { position, operand -> [Work] in
            let node = Work.node(operand < 0 ? ~operand : operand, binding)
            return position == 0 ? [node] : [.raw(spelling(operand)), node]
        }
    }

    /// Signs of one kind need no parentheses among themselves, but four are the limit, and a number would take the sign into
    /// itself.
    private func signed(_ sign: String, _ operand: NodeIndex) -> [Work] {
        var (count, inner) = (1, operand)
        while count < 4 {
            switch (tree.nodes[Int(inner)], sign) {
            case (.not(let next), "!"), (.negate(let next), "-"): inner = next
            default: return [.raw(String(repeating: sign, count: count)), operandOfSign(inner)]
            }
            count += 1
        }
        return [.raw(String(repeating: sign, count: count)), operandOfSign(inner)]
    }

    private func operandOfSign(_ operand: NodeIndex) -> Work {
        // No binding is stronger than a member's, so a number gets its parentheses here.
        if case .literal(let literal) = tree.nodes[Int(operand)], case .long(let long) = tree.literals[Int(literal)] {
            return .raw("(\(long))")
        }
        return .node(operand, .member)
    }

    private func items(_ start: String, _ items: [(label: String, node: NodeIndex)], _ end: String) -> [Work] {
        var work: [Work] = [.raw(start)]
        for (position, item) in items.enumerated() {
            work += [.raw((position == 0 ? "" : ", ") + item.label), .node(item.node, .conditional)]
        }
        return work + [.raw(end)]
    }

    private func call(_ function: ExtensionFunction, _ operands: [NodeIndex]) -> [Work] {
        guard !function.isConstructor, let receiver = operands.first else {
            return items("\(function.rawValue)(", operands.map { ("", $0) }, ")")
        }
        return [.node(receiver, .member)] + items(".\(function.rawValue)(", operands.dropFirst().map { ("", $0) }, ")")
    }

    private func access(_ index: Int32) -> String {
        let name = tree.names[Int(index)]
        return Identifier.isValid(name.string[...]) ? ".\(name)" : "[\(StringEscapes.quoted(name.string))]"
    }

    private func name(_ index: Int32) -> String {
        let name = tree.names[Int(index)]
        return Identifier.isValid(name.string[...]) ? name.string : StringEscapes.quoted(name.string)
    }

    /// Trees of policies hold plain values only; the others become nodes.
    private static func literal(_ value: CedarValue) -> String {
        switch value {
        case .bool(let bool): "\(bool)"
        case .long(let long): "\(long)"
        case .string(let string): StringEscapes.quoted(string.string)
        case .entity(let uid): uid.description
        default: "[]"
        }
    }
}

extension LikePattern {
    /// The pattern as it stands in policy text.
    var literal: String {
        let parts = stretches.map { StringEscapes.escaped(String(decoding: $0, as: UTF8.self), isPattern: true) }
        return "\"\(parts.joined(separator: "*"))\""
    }
}
