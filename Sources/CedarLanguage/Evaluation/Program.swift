/// One step of a compiled expression, for a machine with a stack of values.
enum Instruction: Sendable {
    case literal(Int32)
    case variable(CedarVariable)
    /// The top must be a Boolean. When it is this one it stays and the label is next, otherwise it goes.
    case shortCircuit(when: Bool, label: Int32)
    case expectBool
    /// Takes a Boolean; the label is next when it is false.
    case branch(label: Int32)
    case jump(label: Int32)
    case not, negate, add, subtract, multiply
    case binary(BinaryOperator)
    case isType(Int32)
    /// The top must be an entity; when it has another type it becomes false and the label is next.
    case typeGate(Int32, label: Int32)
    case has(names: Int32)
    case attribute(name: Int32)
    case like(pattern: Int32)
    case isEmpty
    case set(count: Int32)
    case record(count: Int32, names: Int32)
    case call(ExtensionFunction, count: Int32)
}

/// A compiled expression with the tables that it needs: one object, so that turning to it costs one reference count.
final class Program: Sendable {
    let tree: ExpressionTree
    let code: [Instruction]
    /// The node that each instruction comes from, for the place of an error.
    let origins: [NodeIndex]
    /// Where each label stands.
    let labels: [Int]

    /// No instructions.
    static let nothing = Program(.nothing, ProgramBuilder())

    private init(_ tree: ExpressionTree, _ builder: ProgramBuilder) {
        self.tree = tree
        code = builder.code
        origins = builder.origins
        labels = builder.labels
    }

    convenience init(_ root: NodeIndex, of tree: ExpressionTree) {
        var builder = ProgramBuilder()
        builder.compile(root, tree)
        self.init(tree, builder)
    }
}

/// Turns a tree into instructions. Compiling and running need no recursion, so that depth costs no stack of the thread.
private struct ProgramBuilder {
    private(set) var code: [Instruction] = []
    private(set) var origins: [NodeIndex] = []
    private(set) var labels: [Int] = []

    private enum Work {
        case visit(NodeIndex)
        case emit(Instruction, NodeIndex)
        case mark(Int32)
    }

    mutating func compile(_ root: NodeIndex, _ tree: ExpressionTree) {
        var work: [Work] = [.visit(root)]
        while let next = work.popLast() {
            switch next {
            case .emit(let instruction, let origin):
                code.append(instruction)
                origins.append(origin)
            case .mark(let label): labels[Int(label)] = code.count
            case .visit(let index): work += plan(index, tree).reversed()
            }
        }
    }

    private mutating func label() -> Int32 {
        labels.append(0)
        return Int32(labels.count - 1)
    }

    /// What has to be done for a node, in the order of evaluation.
    private mutating func plan(_ index: NodeIndex, _ tree: ExpressionTree) -> [Work] {
        func visits(_ list: Int32) -> [Work] { tree.lists[Int(list)].map { .visit($0) } }
        func count(_ list: Int32) -> Int32 { Int32(tree.lists[Int(list)].count) }
        func unary(_ operand: NodeIndex, _ instruction: Instruction) -> [Work] {
            [.visit(operand), .emit(instruction, index)]
        }
        switch tree.nodes[Int(index)] {
        case .literal(let literal): return [.emit(.literal(literal), index)]
        case .variable(let variable): return [.emit(.variable(variable), index)]
        case .and(let list): return chain(tree.lists[Int(list)], endsWhen: false)
        case .or(let list): return chain(tree.lists[Int(list)], endsWhen: true)
        case .sum, .product, .conditional, .isTypeIn: return structured(index, tree)
        case .not(let operand): return unary(operand, .not)
        case .negate(let operand): return unary(operand, .negate)
        case .binary(let name, let left, let right):
            return [.visit(left), .visit(right), .emit(.binary(name), index)]
        case .isType(let operand, let type): return unary(operand, .isType(type))
        case .has(let operand, let names): return unary(operand, .has(names: names))
        case .attribute(let operand, let name): return unary(operand, .attribute(name: name))
        case .like(let operand, let pattern): return unary(operand, .like(pattern: pattern))
        case .isEmpty(let operand): return unary(operand, .isEmpty)
        case .set(let list): return visits(list) + [.emit(.set(count: count(list)), index)]
        case .record(let list, let names):
            return visits(list) + [.emit(.record(count: count(list), names: names), index)]
        case .call(let function, let list): return visits(list) + [.emit(.call(function, count: count(list)), index)]
        }
    }

    private mutating func chain(_ operands: [NodeIndex], endsWhen end: Bool) -> [Work] {
        let label = label()
        var work: [Work] = []
        for operand in operands.dropLast() {
            work += [.visit(operand), .emit(.shortCircuit(when: end, label: label), operand)]
        }
        if let last = operands.last { work += [.visit(last), .emit(.expectBool, last)] }
        return work + [.mark(label)]
    }

    private mutating func structured(_ index: NodeIndex, _ tree: ExpressionTree) -> [Work] {
        switch tree.nodes[Int(index)] {
        case .conditional(let condition, let yes, let no):
            let (otherwise, end) = (label(), label())
            return [
                .visit(condition), .emit(.branch(label: otherwise), condition), .visit(yes),
                .emit(.jump(label: end), index), .mark(otherwise), .visit(no), .mark(end),
            ]
        case .isTypeIn(let operand, let type, let right):
            let end = label()
            return [
                .visit(operand), .emit(.typeGate(type, label: end), operand), .visit(right),
                .emit(.binary(.isIn), index), .mark(end),
            ]
        case .sum(let list):
            return tree.lists[Int(list)].enumerated().flatMap { position, operand -> [Work] in
                let visit = Work.visit(operand < 0 ? ~operand : operand)
                return position == 0 ? [visit] : [visit, .emit(operand < 0 ? .subtract : .add, index)]
            }
        case .product(let list):
            return tree.lists[Int(list)].enumerated().flatMap { position, operand -> [Work] in
                position == 0 ? [.visit(operand)] : [.visit(operand), .emit(.multiply, index)]
            }
        default: return []
        }
    }
}
