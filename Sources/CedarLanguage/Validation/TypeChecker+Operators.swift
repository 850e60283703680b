/// The types of operators whose operands are all evaluated.
extension TypeChecker {
    func type(_ number: TypeID) -> ResolvedType { types[number] }

    mutating func conclude(_ frame: Frame) -> Typing {
        switch tree.nodes[Int(frame.node)] {
        case .literal(let literal): return Typing(type: type(of: tree.literals[Int(literal)]))
        case .variable(let variable): return Typing(type: type(of: variable))
        case .not(let operand):
            return Typing(type: bool(frame.outcomes[0], operand).map(TypeTable.negation))
        case .sum, .product, .negate: return arithmetic(frame)
        case .binary(let name, let left, let right): return binary(name, frame, (left, right))
        case .isType(let operand, let type): return isType(frame.outcomes[0], type, operand)
        case .has(let operand, let names): return has(frame, operand, tree.lists[Int(names)])
        case .attribute(let operand, let name): return attribute(frame, operand, name)
        case .like(let operand, _):
            return expecting(TypeTable.string, frame.outcomes[0], operand, gives: TypeTable.bool)
        case .isEmpty(let operand):
            return set(frame.outcomes[0], operand) == nil ? failed : Typing(type: TypeTable.bool)
        case .set: return setLiteral(frame)
        case .record(_, let names): return recordLiteral(frame, tree.lists[Int(names)])
        case .call(let function, _): return call(function, frame)
        // These have been dealt with in order.
        case .and, .or, .conditional, .isTypeIn: return failed
        }
    }

    var failed: Typing { Typing(type: nil) }

    // MARK: Leaves

    private mutating func type(of variable: CedarVariable) -> TypeID? {
        guard let environment else { return nil }
        return switch variable {
        case .principal: types.entity(environment.principal)
        case .action: types.entity(environment.action.type)
        case .resource: types.entity(environment.resource)
        case .context: environment.action.context
        }
    }

    /// The recursion is bounded by the depth of values. Unknown types of entities have been reported with the names.
    private mutating func type(of value: CedarValue) -> TypeID? {
        switch value {
        case .bool(let bool): return bool ? TypeTable.alwaysTrue : TypeTable.alwaysFalse
        case .long: return TypeTable.long
        case .string: return TypeTable.string
        case .decimal: return TypeTable.decimal
        case .ipaddr: return TypeTable.ipaddr
        case .datetime: return TypeTable.datetime
        case .duration: return TypeTable.duration
        case .entity(let uid): return schema.index(of: uid.type).map { types.entity($0) }
        case .set(let set):
            var joined = TypeTable.never
            for element in set.elements {
                guard let type = type(of: element), let next = types.join(joined, type, isStrict: isStrict)
                else { return nil }
                joined = next
            }
            return types.set(of: joined)
        case .record(let record):
            var attributes: [AttributeType] = []
            for member in record.members {
                guard let type = type(of: member.value) else { return nil }
                attributes.append(AttributeType(name: member.name, type: type, isRequired: true))
            }
            return types.number(of: .record(attributes, isOpen: false))
        }
    }

    // MARK: Expectations

    private mutating func wrongType(_ expected: String, _ found: TypeID, _ node: NodeIndex) {
        report(.wrongType, node, "\(expected) was expected, but this is \(describe(found))")
    }

    /// The type when it is one of the Booleans.
    mutating func bool(_ typing: Typing, _ node: NodeIndex) -> TypeID? {
        guard let type = typing.type else { return nil }
        switch types[type] {
        case .bool, .alwaysTrue, .alwaysFalse: return type
        default:
            wrongType("Bool", type, node)
            return nil
        }
    }

    mutating func isExpected(_ expected: TypeID, _ typing: Typing, _ node: NodeIndex) -> Bool {
        guard let type = typing.type else { return false }
        guard type == expected else {
            wrongType(describe(expected), type, node)
            return false
        }
        return true
    }

    mutating func expecting(_ expected: TypeID, _ typing: Typing, _ node: NodeIndex, gives type: TypeID) -> Typing {
        isExpected(expected, typing, node) ? Typing(type: type) : failed
    }

    /// The element type of a set.
    mutating func set(_ typing: Typing, _ node: NodeIndex) -> TypeID? {
        guard let type = typing.type else { return nil }
        guard case .set(let element) = types[type] else {
            wrongType("a set", type, node)
            return nil
        }
        return element
    }

    mutating func entities(_ typing: Typing, _ node: NodeIndex) -> [EntityTypeIndex]? {
        guard let type = typing.type else { return nil }
        guard case .entity(let indices) = types[type] else {
            wrongType("an entity", type, node)
            return nil
        }
        return indices
    }

    /// Strictly, two types have to agree. False when they do not, which is reported.
    mutating func agree(_ left: TypeID, _ right: TypeID, _ node: NodeIndex) -> Bool {
        guard isStrict, types.join(left, right, isStrict: true) == nil else { return true }
        report(
            .incompatibleTypes, node, "the types \(describe(left)) and \(describe(right)) do not agree")
        return false
    }

    // MARK: Operators

    private mutating func arithmetic(_ frame: Frame) -> Typing {
        var isFine = true
        for (typing, operand) in zip(frame.outcomes, frame.operands) {
            if !isExpected(TypeTable.long, typing, operand) { isFine = false }
        }
        return isFine ? Typing(type: TypeTable.long) : failed
    }

    private mutating func binary(
        _ name: BinaryOperator, _ frame: Frame, _ operands: (left: NodeIndex, right: NodeIndex)
    ) -> Typing {
        let (left, right) = (frame.outcomes[0], frame.outcomes[1])
        switch name {
        case .equal: return equality(left, right, operands, frame.node)
        case .notEqual:
            return Typing(type: equality(left, right, operands, frame.node).type.map(TypeTable.negation))
        case .less, .lessOrEqual, .greater, .greaterOrEqual: return comparison(left, right, operands)
        case .isIn: return membership(left, right, operands)
        case .hasTag: return hasTag(frame, operands)
        case .getTag: return getTag(frame, operands)
        case .contains:
            guard let element = set(left, operands.left), let value = right.type else { return failed }
            return agree(element, value, frame.node) ? Typing(type: TypeTable.bool) : failed
        case .containsAll, .containsAny:
            let (first, second) = (set(left, operands.left), set(right, operands.right))
            guard first != nil, second != nil, let first = left.type, let second = right.type else { return failed }
            return agree(first, second, frame.node) ? Typing(type: TypeTable.bool) : failed
        }
    }

    private mutating func equality(
        _ left: Typing, _ right: Typing, _ operands: (left: NodeIndex, right: NodeIndex), _ node: NodeIndex
    ) -> Typing {
        guard let first = left.type, let second = right.type else { return failed }
        if let one = constant(operands.left) ?? foldedBool(operands.left, first),
            let other = constant(operands.right) ?? foldedBool(operands.right, second)
        {
            return Typing(type: one == other ? TypeTable.alwaysTrue : TypeTable.alwaysFalse)
        }
        if case .entity(let first) = types[first], case .entity(let second) = types[second],
            Set(first).isDisjoint(with: second)
        {
            return Typing(type: TypeTable.alwaysFalse)
        }
        return agree(first, second, node) ? Typing(type: TypeTable.bool) : failed
    }

    /// A literal's value; the action's too, which the environment knows.
    private func constant(_ node: NodeIndex) -> CedarValue? {
        switch tree.nodes[Int(node)] {
        case .literal(let literal): tree.literals[Int(literal)]
        case .variable(.action): environment.map { .entity($0.action.uid) }
        default: nil
        }
    }

    /// A chain of literal Booleans counts as a literal, as in the reference, which folds them when it parses.
    private func foldedBool(_ node: NodeIndex, _ type: TypeID) -> CedarValue? {
        guard type == TypeTable.alwaysTrue || type == TypeTable.alwaysFalse else { return nil }
        var open = [node]
        while let next = open.popLast() {
            switch tree.nodes[Int(next)] {
            case .and(let list), .or(let list): open += tree.lists[Int(list)]
            case .literal(let literal):
                guard case .bool = tree.literals[Int(literal)] else { return nil }
            default: return nil
            }
        }
        return .bool(type == TypeTable.alwaysTrue)
    }

    private mutating func comparison(
        _ left: Typing, _ right: Typing, _ operands: (left: NodeIndex, right: NodeIndex)
    ) -> Typing {
        let ordered = [TypeTable.long, TypeTable.datetime, TypeTable.duration]
        guard let first = left.type, ordered.contains(first) else {
            if let type = left.type { wrongType("Long, datetime or duration", type, operands.left) }
            return failed
        }
        return expecting(first, right, operands.right, gives: TypeTable.bool)
    }

    mutating func isType(_ typing: Typing, _ name: Int32, _ node: NodeIndex) -> Typing {
        guard let indices = entities(typing, node) else { return failed }
        guard let index = schema.index(of: tree.types[Int(name)]), indices.contains(index) else {
            return Typing(type: TypeTable.alwaysFalse)
        }
        return Typing(type: indices.count == 1 ? TypeTable.alwaysTrue : TypeTable.bool)
    }

    // MARK: Membership

    mutating func membership(
        _ left: Typing, _ right: Typing, _ operands: (left: NodeIndex, right: NodeIndex)
    ) -> Typing {
        let below = entities(left, operands.left)
        guard let container = right.type else { return failed }
        var above: [EntityTypeIndex] = []
        switch types[container] {
        case .entity(let indices): above = indices
        case .set(let element):
            switch types[element] {
            case .entity(let indices): above = indices
            case .never: break
            default:
                wrongType("an entity or a set of entities", container, operands.right)
                return failed
            }
        default:
            wrongType("an entity or a set of entities", container, operands.right)
            return failed
        }
        guard let below else { return failed }
        if let known = knownMembership(operands.left, operands.right) {
            return Typing(type: known ? TypeTable.alwaysTrue : TypeTable.alwaysFalse)
        }
        for type in below {
            for ancestor in above where filter.isDescendant(type, of: ancestor) {
                return Typing(type: TypeTable.bool)
            }
        }
        return Typing(type: TypeTable.alwaysFalse)
    }

    /// The schema knows all about its actions: nil when the left side is not one of them, or the right side no literal.
    private func knownMembership(_ left: NodeIndex, _ right: NodeIndex) -> Bool? {
        guard case .entity(let action)? = constant(left), schema.action(action) != nil else { return nil }
        var containers = [right]
        if case .set(let list) = tree.nodes[Int(right)] { containers = tree.lists[Int(list)] }
        var isIn = false
        for container in containers {
            guard case .entity(let uid)? = constant(container) else { return nil }
            isIn = isIn || filter.isAction(action, in: uid)
        }
        return isIn
    }
}
