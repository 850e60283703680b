/// Evaluates the expressions of one policy for one request.
///
/// Recursion is bounded by `ExpressionBuilder.maximumDepth`. Each kind of node has a function of its own so that a level costs
/// little stack.
struct Evaluator {
    let tree: ExpressionTree
    let scope: EvaluationScope

    func evaluate(_ index: NodeIndex) throws(EvaluationError) -> CedarValue {
        switch tree.nodes[Int(index)] {
        case .literal(let literal): return tree.literals[Int(literal)]
        case .variable(let variable): return value(of: variable)
        case .and(let list): return .bool(try all(list))
        case .or(let list): return .bool(try any(list))
        case .not(let operand): return .bool(!(try bool(operand)))
        case .conditional(let condition, let yes, let no): return try evaluate(bool(condition) ? yes : no)
        case .sum(let list): return try sum(list, at: index)
        case .product(let list): return try product(list, at: index)
        case .negate(let operand): return try negate(operand, at: index)
        case .binary(let name, let left, let right): return try binary(name, left, right, at: index)
        case .isType(let operand, let type): return .bool(try entity(operand).type == tree.types[Int(type)])
        case .isTypeIn(let operand, let type, let right): return try isTypeIn(operand, type, right)
        case .has(let operand, let names): return .bool(try has(operand, tree.lists[Int(names)]))
        case .attribute(let operand, let name): return try attribute(operand, tree.names[Int(name)], at: index)
        case .like(let operand, let pattern): return .bool(tree.patterns[Int(pattern)].matches(try string(operand)))
        case .isEmpty(let operand): return .bool(try set(operand).elements.isEmpty)
        case .set(let list): return .set(CedarSet(try values(list)))
        case .record(let list, let names): return try record(list, names: names)
        case .call(let function, let list): return try call(function, list, at: index)
        }
    }

    private func value(of variable: CedarVariable) -> CedarValue {
        switch variable {
        case .principal: .entity(scope.request.principal)
        case .action: .entity(scope.request.action)
        case .resource: .entity(scope.request.resource)
        case .context: .record(scope.request.context)
        }
    }

    func error(_ failure: EvaluationFailure, at index: NodeIndex) -> EvaluationError {
        EvaluationError(failure: failure, span: tree.spans[Int(index)])
    }

    // MARK: Typed operands

    func bool(_ index: NodeIndex) throws(EvaluationError) -> Bool {
        let value = try evaluate(index)
        guard case .bool(let bool) = value else { throw wrongType("bool", value, at: index) }
        return bool
    }

    func long(_ index: NodeIndex) throws(EvaluationError) -> Int64 {
        let value = try evaluate(index)
        guard case .long(let long) = value else { throw wrongType("long", value, at: index) }
        return long
    }

    func string(_ index: NodeIndex) throws(EvaluationError) -> CedarString {
        let value = try evaluate(index)
        guard case .string(let string) = value else { throw wrongType("string", value, at: index) }
        return string
    }

    func entity(_ index: NodeIndex) throws(EvaluationError) -> EntityUID {
        let value = try evaluate(index)
        guard case .entity(let uid) = value else { throw wrongType("entity", value, at: index) }
        return uid
    }

    func set(_ index: NodeIndex) throws(EvaluationError) -> CedarSet {
        let value = try evaluate(index)
        guard case .set(let set) = value else { throw wrongType("set", value, at: index) }
        return set
    }

    func wrongType(_ expected: String, _ found: CedarValue, at index: NodeIndex) -> EvaluationError {
        error(.wrongType(expected: expected, found: found.typeName), at: index)
    }

    func values(_ list: Int32) throws(EvaluationError) -> [CedarValue] {
        var values: [CedarValue] = []
        for operand in tree.lists[Int(list)] { values.append(try evaluate(operand)) }
        return values
    }

    // MARK: Chains

    private func all(_ list: Int32) throws(EvaluationError) -> Bool {
        for operand in tree.lists[Int(list)] where !(try bool(operand)) { return false }
        return true
    }

    private func any(_ list: Int32) throws(EvaluationError) -> Bool {
        for operand in tree.lists[Int(list)] where try bool(operand) { return true }
        return false
    }

    private func sum(_ list: Int32, at index: NodeIndex) throws(EvaluationError) -> CedarValue {
        var total: Int64 = 0
        for operand in tree.lists[Int(list)] {
            let result = operand < 0 ? total.minus(try long(~operand)) : total.plus(try long(operand))
            guard let result else { throw error(.overflow(operation: "an addition or subtraction"), at: index) }
            total = result
        }
        return .long(total)
    }

    private func product(_ list: Int32, at index: NodeIndex) throws(EvaluationError) -> CedarValue {
        var total: Int64 = 1
        for operand in tree.lists[Int(list)] {
            guard let result = total.times(try long(operand)) else {
                throw error(.overflow(operation: "a multiplication"), at: index)
            }
            total = result
        }
        return .long(total)
    }

    private func negate(_ operand: NodeIndex, at index: NodeIndex) throws(EvaluationError) -> CedarValue {
        guard let result = Int64(0).minus(try long(operand)) else {
            throw error(.overflow(operation: "a change of sign"), at: index)
        }
        return .long(result)
    }

    private func record(_ list: Int32, names: Int32) throws(EvaluationError) -> CedarValue {
        var members: [CedarRecord.Member] = []
        for (name, value) in zip(tree.lists[Int(names)], try values(list)) {
            members.append(CedarRecord.Member(name: tree.names[Int(name)], value: value))
        }
        return .record(CedarRecord(members))
    }
}
