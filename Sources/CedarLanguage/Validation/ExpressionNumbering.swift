/// Numbers expressions so that equal ones have equal numbers: what was tested with `has` is known again when it is read.
struct ExpressionNumbering {
    private var numbers: [[Int32]: Int32] = [:]
    private var literals: [CedarValue: Int32] = [:]
    private var types: [EntityTypeName: Int32] = [:]
    private var patterns: [LikePattern: Int32] = [:]
    private var ofNode: [Int32]
    private let tree: ExpressionTree

    private enum Tag: Int32 {
        case literal, variable, and, or, sum, product, not, negate, conditional, binary, isType, has, attribute, like
        case isEmpty, set, record, call
    }

    init(_ tree: ExpressionTree) {
        self.tree = tree
        ofNode = []
    }

    /// The number of a node's expression; what is below it is numbered with it, without recursion.
    mutating func number(of node: NodeIndex) -> Int32 {
        if ofNode.isEmpty { ofNode = Array(repeating: -1, count: tree.nodes.count) }
        var open = [node]
        while let next = open.last {
            let content = tree.nodes[Int(next)]
            let waiting = content.children(tree).filter { ofNode[Int($0)] < 0 }
            guard waiting.isEmpty else {
                open += waiting
                continue
            }
            if ofNode[Int(next)] < 0 { ofNode[Int(next)] = number(content) }
            open.removeLast()
        }
        return ofNode[Int(node)]
    }

    /// The number of `base.name`.
    mutating func attribute(_ name: Int32, of base: Int32) -> Int32 {
        intern([Tag.attribute.rawValue, base, name])
    }

    private mutating func intern(_ key: [Int32]) -> Int32 {
        if let known = numbers[key] { return known }
        let number = Int32(numbers.count)
        numbers[key] = number
        return number
    }

    private static func intern<Key: Hashable>(_ key: Key, _ table: inout [Key: Int32]) -> Int32 {
        if let known = table[key] { return known }
        let number = Int32(table.count)
        table[key] = number
        return number
    }

    private mutating func number(_ node: ExpressionNode) -> Int32 {
        func list(_ list: Int32) -> [Int32] { tree.lists[Int(list)].map { ofNode[Int($0)] } }
        func of(_ node: NodeIndex) -> Int32 { ofNode[Int(node)] }
        switch node {
        case .literal(let literal):
            return intern([Tag.literal.rawValue, Self.intern(tree.literals[Int(literal)], &literals)])
        case .variable(let variable):
            return intern([Tag.variable.rawValue, Int32(CedarVariable.allCases.firstIndex(of: variable) ?? 0)])
        case .and(let operands): return intern([Tag.and.rawValue] + list(operands))
        case .or(let operands): return intern([Tag.or.rawValue] + list(operands))
        case .product(let operands): return intern([Tag.product.rawValue] + list(operands))
        case .sum(let operands):
            let parts = tree.lists[Int(operands)].flatMap { [$0 < 0 ? 1 : 0, ofNode[Int($0 < 0 ? ~$0 : $0)]] }
            return intern([Tag.sum.rawValue] + parts)
        case .not(let operand): return intern([Tag.not.rawValue, of(operand)])
        case .negate(let operand): return intern([Tag.negate.rawValue, of(operand)])
        case .conditional(let condition, let yes, let no):
            return intern([Tag.conditional.rawValue, of(condition), of(yes), of(no)])
        case .binary(let name, let left, let right): return binary(name, of(left), of(right))
        case .isType(let operand, let type): return isType(type, of(operand))
        case .isTypeIn(let operand, let type, let right):
            let isIn = binary(.isIn, of(operand), of(right))
            return intern([Tag.and.rawValue, isType(type, of(operand)), isIn])
        case .has(let operand, let names): return has(tree.lists[Int(names)], of(operand))
        case .attribute(let operand, let name): return attribute(name, of: of(operand))
        case .like(let operand, let pattern):
            let number = Self.intern(tree.patterns[Int(pattern)], &patterns)
            return intern([Tag.like.rawValue, of(operand), number])
        case .isEmpty(let operand): return intern([Tag.isEmpty.rawValue, of(operand)])
        case .set(let elements): return intern([Tag.set.rawValue] + list(elements))
        case .record(let values, let names):
            // Attributes have no order.
            let members = zip(tree.lists[Int(names)], list(values)).sorted { $0.0 < $1.0 }
            return intern([Tag.record.rawValue] + members.flatMap { [$0.0, $0.1] })
        case .call(let function, let arguments):
            let index = Int32(ExtensionFunction.allCases.firstIndex(of: function) ?? 0)
            return intern([Tag.call.rawValue, index] + list(arguments))
        }
    }

    private mutating func isType(_ type: Int32, _ operand: Int32) -> Int32 {
        intern([Tag.isType.rawValue, operand, Self.intern(tree.types[Int(type)], &types)])
    }

    /// `has a.b` is `has a && .a has b`.
    private mutating func has(_ names: [Int32], _ operand: Int32) -> Int32 {
        var base = operand
        var tests: [Int32] = []
        for name in names {
            tests.append(intern([Tag.has.rawValue, base, name]))
            base = attribute(name, of: base)
        }
        return tests.count == 1 ? tests[0] : intern([Tag.and.rawValue] + tests)
    }

    /// `a != b` is `!(a == b)`, `a > b` is `!(a <= b)`, `a >= b` is `!(a < b)`.
    private mutating func binary(_ name: BinaryOperator, _ left: Int32, _ right: Int32) -> Int32 {
        let (positive, isNegated): (BinaryOperator, Bool) =
            switch name {
            case .notEqual: (.equal, true)
            case .greater: (.lessOrEqual, true)
            case .greaterOrEqual: (.less, true)
            default: (name, false)
            }
        let number = intern([Tag.binary.rawValue, Self.order[positive] ?? 0, left, right])
        return isNegated ? intern([Tag.not.rawValue, number]) : number
    }

    private static let order: [BinaryOperator: Int32] = [
        .equal: 0, .less: 1, .lessOrEqual: 2, .isIn: 3, .hasTag: 4, .getTag: 5, .contains: 6, .containsAll: 7,
        .containsAny: 8,
    ]
}
